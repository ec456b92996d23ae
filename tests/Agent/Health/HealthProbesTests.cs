using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Edge.Agent.Containerizer;
using Edge.Agent.Health;
using Edge.Agent.Tasks;
using Edge.Core.Model;
using Edge.Tests.Agent.Containerizer;
using Edge.Tests.Daemon.Api.Protocol;
using Edge.Tests.Mqtt;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Edge.Tests.Agent.Health;

/// <summary>The three ways to look at a task, at real servers, sockets and processes.</summary>
public sealed class HealthProbesTests
{
    private static CancellationToken Deadline => KeeperWorld.Deadline;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", 200)]
    [InlineData("HTTP/1.0 404\r\n", 404)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 503 No\r\n", 503)]
    [InlineData("HTTP/1.1 200 O", 0)]
    [InlineData("HTTP/1.1 100 Continue\r\n", 0)]
    [InlineData("HTTP/2 200\r\n", null)]
    [InlineData("HTTP/1.1 2x0 OK\r\n", null)]
    [InlineData("220 mail.example ESMTP\r\n", null)]
    public void StatusLine_IsReadFromBytes(string head, int? expected)
    {
        Assert.Equal(expected is not null, HttpProbe.TryReadStatus(Encoding.ASCII.GetBytes(head), complete: false, out var status));
        Assert.Equal(expected ?? 0, status);
        if (expected is 0)
        {
            Assert.False(HttpProbe.TryReadStatus(Encoding.ASCII.GetBytes(head), complete: true, out _));
        }
    }

    [Fact]
    public async Task Http_PassesFrom200To399_OrWhatIsListed_AndFollowsNothing()
    {
        await using var server = await LoopbackServer.StartAsync(app =>
        {
            app.MapGet("/status/{code:int}", (HttpContext context, int code) =>
            {
                context.Response.StatusCode = code;
                context.Response.Headers.Location = "/status/500";
                return Task.CompletedTask;
            });
            app.MapGet("/large", (HttpContext context) => context.Response.Body.WriteAsync(new byte[1_000_000]).AsTask());
            app.MapGet("/asked", (HttpContext context) => Write(
                context, context.Request.QueryString.Value == "?a=%20b" && context.Request.Headers.Host.ToString().Length > 0));
        });
        var port = server.Address.Port;
        foreach (var (path, passes) in ((string, bool)[])
            [("/status/200", true), ("/status/302", true), ("/status/399", true), ("/status/400", false), ("/status/503", false),
             ("/large", true), ("/asked?a=%20b", true), ("/asked", false), ("/none", false)])
        {
            var result = await ProbeAsync(CheckedTasks.Http(port, path));
            Assert.Equal((path, passes), (path, result.Outcome == ProbeOutcome.Passed));
        }

        Assert.Equal(ProbeResult.Passed, await ProbeAsync(CheckedTasks.Http(port, "/status/404", 404)));
        var failed = await ProbeAsync(CheckedTasks.Http(port, "/status/200", 404));
        Assert.Equal(ProbeResult.Failed($"http://127.0.0.1:{port}/status/200 answers 200"), failed);
    }

    [Fact]
    public async Task Readiness_PassesAtTheListedStatuses_AndKeepsTheAnswerWhereItIsWanted()
    {
        await using var server = await LoopbackServer.StartAsync(app => app.MapGet("/{code:int}", (HttpContext context, int code) =>
        {
            context.Response.StatusCode = code;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync("still " + new string('w', 10_000));
        }));
        foreach (var keeps in (bool[])[true, false])
        {
            foreach (var (code, outcome) in ((int, ProbeOutcome)[])[(202, ProbeOutcome.Passed), (200, ProbeOutcome.Failed)])
            {
                var result = await AskAsync(CheckedTasks.Http(server.Address.Port, $"/{code}", 202), keeps);
                var expected = keeps ? new ReadinessResponse(code, "text/plain", ("still " + new string('w', 10_000))[..2048]) : null;
                Assert.Equal((outcome, expected), (result.Outcome, result.Response));
            }
        }

        var refused = await AskAsync(CheckedTasks.Http(1, "/", 202), keeps: true);
        Assert.Equal((ProbeOutcome.Failed, null), (refused.Outcome, refused.Response));
    }

    [Fact]
    public async Task Http_FailsAtWhatIsNoServer()
    {
        using var listener = Listen();
        var serving = ServeAsync(listener, "220 hello\r\n");
        var result = await ProbeAsync(CheckedTasks.Http(Port(listener), "/"));
        Assert.EndsWith("does not answer in HTTP", result.Cause, StringComparison.Ordinal);
        await serving;

        serving = ServeAsync(listener, string.Empty);
        Assert.Equal(ProbeOutcome.Failed, (await ProbeAsync(CheckedTasks.Http(Port(listener), "/"))).Outcome);
        await serving;
    }

    [Fact]
    public async Task Https_IsAskedWhoeverSignedIt()
    {
        using var pki = new TestPki();
        using var listener = Listen();
        var serving = SecureAsync(listener, pki);
        var check = CheckedTasks.Http(Port(listener), "/") with { Scheme = "https" };
        Assert.Equal(ProbeResult.Passed, await ProbeAsync(check));
        await serving;

        serving = ServeAsync(listener, "HTTP/1.1 400 plain text\r\n\r\n");
        Assert.Equal(ProbeOutcome.Failed, (await ProbeAsync(check)).Outcome);
        await serving;
    }

    [Fact]
    public async Task Tcp_PassesWhereSomebodyListens()
    {
        var listener = Listen();
        var port = Port(listener);
        Assert.Equal(ProbeResult.Passed, await ProbeAsync(CheckedTasks.Tcp(port)));
        Assert.Equal(ProbeOutcome.Failed, (await ProbeAsync(CheckedTasks.Tcp(port) with { Ipv6 = true })).Outcome);
        listener.Dispose();
        var refused = await ProbeAsync(CheckedTasks.Tcp(port));
        Assert.Equal(ProbeResult.Failed($"no connection to 127.0.0.1:{port}: Connection refused"), refused);
    }

    [Fact]
    public async Task Command_RunsInTheSandbox_WithTheEnvironmentOfTheTask_AndIsSilent()
    {
        await using var world = new KeeperWorld(KeeperWorld.Newest);
        await using var containerizer = await world.OpenAsync();
        var task = await LaunchAsync(world, containerizer, CheckedTasks.Shell(
            "echo loud; test -e marker && test \"$GIVEN/$MORE\" = 'by the task/by the check' && test \"$EDGE_CONTAINER_ID\" = c-t"));
        var probes = Probes(world);
        Assert.Equal(ProbeResult.Failed("Command exited with status 1"), await probes.RunAsync(task, first: true, Deadline));
        await File.WriteAllTextAsync(Path.Combine(world.Sandbox("c-t"), "marker"), "x");
        Assert.Equal(ProbeResult.Passed, await probes.RunAsync(task, first: false, Deadline));
        Assert.Equal(string.Empty, await File.ReadAllTextAsync(Path.Combine(world.Sandbox("c-t"), "stdout")));
    }

    [Fact]
    public async Task Command_TakesArgumentsAsTheyAre()
    {
        await using var world = new KeeperWorld(KeeperWorld.Newest);
        await using var containerizer = await world.OpenAsync();
        var task = await LaunchAsync(world, containerizer, new HealthCheck
        {
            Kind = HealthCheckKind.Command,
            Command = new CommandSpec { Shell = false, Value = "test", Arguments = ["test", "a; $(false) \"b", "=", "a; $(false) \"b"] },
        });
        Assert.Equal(ProbeResult.Passed, await Probes(world).RunAsync(task, first: true, Deadline));
        var missing = task with { Spec = task.Spec with { Health = CheckedTasks.Shell("no-such-program") } };
        Assert.Equal(
            ProbeResult.Failed("Command exited with status 127"), await Probes(world).RunAsync(missing, first: true, Deadline));
    }

    [Fact]
    public async Task CommandThatIsCancelled_IsKilled_WithWhatItStarted()
    {
        await using var world = new KeeperWorld(KeeperWorld.Newest);
        await using var containerizer = await world.OpenAsync();
        var task = await LaunchAsync(world, containerizer, CheckedTasks.Shell("sleep 1000 & echo $! > child; wait"));
        using var late = new CancellationTokenSource();
        var running = Probes(world).RunAsync(task, first: true, late.Token);
        var pid = int.Parse(await world.LineAsync("c-t", "child"), System.Globalization.CultureInfo.InvariantCulture);
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await KeeperWorld.GoneAsync(pid);
    }

    [Fact]
    public async Task CommandOfAnUnknownUser_IsNotCarriedOut()
    {
        await using var world = new KeeperWorld(KeeperWorld.Newest);
        await using var containerizer = await world.OpenAsync();
        var task = await LaunchAsync(world, containerizer, CheckedTasks.Shell("true"));
        var check = task.Spec.Health! with { Command = task.Spec.Health.Command! with { User = "no-such-user" } };
        var result = await Probes(world).RunAsync(task with { Spec = task.Spec with { Health = check } }, first: true, Deadline);
        Assert.Equal(ProbeResult.NotRun("the user 'no-such-user' does not exist on this node"), result);
    }

    private static Task Write(HttpContext context, bool good)
    {
        context.Response.StatusCode = good ? 200 : 418;
        return Task.CompletedTask;
    }

    private static ContainerSpecs Specs(KeeperWorld world) => new(
        new NodeId("agent-1"), () => "127.0.0.1:5051", (container, _, _) => world.Sandbox(container.Value));

    private static HealthProbes Probes(KeeperWorld world) => new(
        new SideCommands(world.Options, TimeProvider.System),
        task => Specs(world).BuildCheck(task) with { ExecutorId = "ex" },
        TimeProvider.System);

    private static async Task<ClusterTask> LaunchAsync(KeeperWorld world, KeeperContainerizer containerizer, HealthCheck check)
    {
        var task = CheckedTasks.Make("t", check);
        var result = await containerizer.LaunchAsync(Specs(world).Build(task) with { ExecutorId = "ex" }, Deadline);
        Assert.True(result.IsStarted, result.Error);
        return task;
    }

    private static Task<ProbeResult> ProbeAsync(HealthCheck check)
    {
        var probes = new HealthProbes(null!, _ => throw new NotSupportedException(), TimeProvider.System);
        return probes.RunAsync(CheckedTasks.Make("t", check), first: true, Deadline);
    }

    private static Task<ProbeResult> AskAsync(HealthCheck check, bool keeps)
    {
        var probes = new HealthProbes(null!, _ => throw new NotSupportedException(), TimeProvider.System);
        return probes.AskAsync(CheckedTasks.Ready("t", check, keeps), first: true, Deadline);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Answers one connection with bytes, whatever it says, and closes it.</summary>
    private static async Task ServeAsync(Socket listener, string answer)
    {
        using var peer = await listener.AcceptAsync(Deadline);
        await peer.ReceiveAsync(new byte[4096], Deadline);
        await peer.SendAsync(Encoding.ASCII.GetBytes(answer), Deadline);
        peer.Shutdown(SocketShutdown.Send);
    }

    private static async Task SecureAsync(Socket listener, TestPki pki)
    {
        using var peer = await listener.AcceptAsync(Deadline);
        await using var stream = new SslStream(new NetworkStream(peer));
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = pki.Server }, Deadline);
        await stream.ReadExactlyAsync(new byte[10], Deadline);
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), Deadline);
    }
}
