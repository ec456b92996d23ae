using System.Globalization;
using Edge.Agent.Containerizer;
using Edge.Agent.Containerizer.Keeper;
using Edge.Agent.Native;
using Edge.Tests.Support;

namespace Edge.Tests.Agent.Containerizer;

public sealed class KeeperContainerizerTests
{
    private static CancellationToken Deadline => KeeperWorld.Deadline;

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task A_command_ends_with_its_status_in_the_words_of_Mesos(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        (string Command, string Message)[] cases =
        [
            ("exit 0", "Command exited with status 0"), ("exit 5", "Command exited with status 5"),
            ("kill -KILL $$", "Command terminated with signal Killed"),
        ];
        for (var i = 0; i < cases.Length; i++)
        {
            var (command, message) = cases[i];
            var id = $"c{i}";
            var result = await containerizer.LaunchAsync(KeeperWorld.Shell(id, command), Deadline);
            Assert.True(result.IsStarted, result.Error);
            var exit = await KeeperWorld.NextExitAsync(containerizer);
            Assert.Equal(id, exit.ContainerId);
            Assert.Equal(message, exit.Message);
        }
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task Twenty_tasks_at_once_all_run_and_write_to_their_sandboxes(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        var launches = Enumerable.Range(0, 20).Select(i =>
            containerizer.LaunchAsync(KeeperWorld.Shell($"c{i}", $"echo out-{i}; echo err-{i} >&2; exit {i}"), Deadline).AsTask());
        Assert.All(await Task.WhenAll(launches), r => Assert.True(r.IsStarted, r.Error));
        for (var n = 0; n < 20; n++)
        {
            var exit = await KeeperWorld.NextExitAsync(containerizer);
            var i = int.Parse(exit.ContainerId[1..], CultureInfo.InvariantCulture);
            Assert.Equal(i, exit.ExitCode);
            Assert.Equal($"out-{i}\n", await File.ReadAllTextAsync(Path.Combine(world.Sandbox(exit.ContainerId), "stdout")));
            Assert.Equal($"err-{i}\n", await File.ReadAllTextAsync(Path.Combine(world.Sandbox(exit.ContainerId), "stderr")));
        }
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task A_kill_lets_the_task_clean_up_within_its_grace(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        const string command = "trap 'echo cleaned >&2; exit 7' TERM; echo ready; while :; do sleep 0.05; done";
        _ = await containerizer.LaunchAsync(KeeperWorld.Shell("polite", command), Deadline);
        _ = await world.LineAsync("polite", "stdout");
        await containerizer.KillAsync("polite", TimeSpan.FromSeconds(20), Deadline);
        var exit = await KeeperWorld.NextExitAsync(containerizer);
        Assert.Equal(7, exit.ExitCode);
        Assert.Contains("cleaned", await File.ReadAllTextAsync(Path.Combine(world.Sandbox("polite"), "stderr")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task After_the_grace_the_whole_tree_is_killed_and_a_shorter_grace_counts(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();

        // A child that ignores SIGTERM, and a daemon that left session and parents.
        const string command = "trap '' TERM; (setsid sh -c 'sleep 601 & echo $! > daemon') ; sleep 600 & echo $! ; "
            + "while :; do sleep 1; done";
        _ = await containerizer.LaunchAsync(KeeperWorld.Shell("stubborn", command), Deadline);
        var child = int.Parse(await world.LineAsync("stubborn", "stdout"), CultureInfo.InvariantCulture);
        var daemon = int.Parse(await world.LineAsync("stubborn", "daemon"), CultureInfo.InvariantCulture);
        Assert.True(KeeperWorld.IsAlive(daemon));
        var before = TimeProvider.System.GetTimestamp();
        await containerizer.KillAsync("stubborn", TimeSpan.FromMinutes(10), Deadline);
        await containerizer.KillAsync("stubborn", TimeSpan.FromMilliseconds(300), Deadline);
        await containerizer.KillAsync("stubborn", TimeSpan.FromMinutes(10), Deadline);
        var exit = await KeeperWorld.NextExitAsync(containerizer);
        Assert.Equal("Command terminated with signal Killed", exit.Message);
        Assert.True(TimeProvider.System.GetElapsedTime(before) >= TimeSpan.FromMilliseconds(290));
        await KeeperWorld.GoneAsync(child);
        await KeeperWorld.GoneAsync(daemon);
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task What_the_main_process_leaves_behind_is_killed(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        _ = await containerizer.LaunchAsync(
            KeeperWorld.Shell("parent", "setsid sh -c 'sleep 602 & echo $! > daemon'; exit 3"), Deadline);
        var exit = await KeeperWorld.NextExitAsync(containerizer);
        Assert.Equal(3, exit.ExitCode);
        await KeeperWorld.GoneAsync(int.Parse(await world.LineAsync("parent", "daemon"), CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task An_exit_while_the_agent_is_away_is_told_when_it_comes_back(string program)
    {
        await using var world = new KeeperWorld(program);
        var gate = Path.Combine(world.Data, "gate");
        await using (var first = await world.OpenAsync())
        {
            var spec = KeeperWorld.Shell("lone", $"while [ ! -e {gate} ]; do sleep 0.02; done; echo done; exit 4");
            Assert.True((await first.LaunchAsync(spec, Deadline)).IsStarted);
        }

        await File.WriteAllTextAsync(gate, "");
        _ = await world.LineAsync("lone", "stdout");
        await using var second = await world.OpenAsync();
        Assert.Equal(4, (await KeeperWorld.NextExitAsync(second)).ExitCode);

        // Until it is forgotten it is told again to whoever comes, and never started again.
        await using var third = await world.OpenAsync();
        Assert.Equal(4, (await KeeperWorld.NextExitAsync(third)).ExitCode);
        await third.ForgetAsync("lone", Deadline);
        Assert.Empty(await third.ListAsync(Deadline));
        Assert.False(Directory.Exists(world.Paths.Meta("lone")));
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task The_same_container_never_starts_twice(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        var spec = KeeperWorld.Shell("once", "echo started; sleep 600");
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => containerizer.LaunchAsync(spec, Deadline).AsTask()));
        Assert.Single(results.Select(r => r.State!.Pid).Distinct());
        Assert.Equal("started", await world.LineAsync("once", "stdout"));
        await containerizer.KillAsync("once", TimeSpan.Zero, Deadline);
        _ = await KeeperWorld.NextExitAsync(containerizer);
        var late = await containerizer.LaunchAsync(spec, Deadline);
        Assert.Equal(9, late.State!.Exit!.Signal);
        Assert.Equal("started\n", await File.ReadAllTextAsync(Path.Combine(world.Sandbox("once"), "stdout")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            _ = await containerizer.LaunchAsync(KeeperWorld.Shell("running", "sleep 600"), Deadline);
            await containerizer.ForgetAsync("running", Deadline);
        });
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task A_killed_keeper_is_replaced_by_one_that_adopts_what_runs(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        var started = await containerizer.LaunchAsync(KeeperWorld.Shell("orphan", "echo up; sleep 600"), Deadline);
        _ = await containerizer.LaunchAsync(KeeperWorld.Shell("ended", "exit 6"), Deadline);
        Assert.Equal(6, (await KeeperWorld.NextExitAsync(containerizer)).ExitCode);
        var keeper = world.KeeperPid();
        Assert.Equal(0, Libc.Kill(keeper, Libc.SigKill));
        await KeeperWorld.GoneAsync(keeper);
        Assert.True(KeeperWorld.IsAlive(started.State!.Pid));

        await using var later = await world.OpenAsync();
        Assert.NotEqual(keeper, world.KeeperPid());
        var known = (await later.ListAsync(Deadline)).ToDictionary(c => c.ContainerId);
        Assert.Null(known["orphan"].Exit);
        Assert.Equal(6, known["ended"].Exit!.ExitCode);
        Assert.Equal(6, (await KeeperWorld.NextExitAsync(later)).ExitCode);
        await later.KillAsync("orphan", TimeSpan.FromSeconds(5), Deadline);
        var exit = await KeeperWorld.NextExitAsync(later);
        Assert.Null(exit.ExitStatus);
        Assert.StartsWith("exit status unknown", exit.Message, StringComparison.Ordinal);
        await KeeperWorld.GoneAsync(started.State.Pid);
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task What_ends_while_no_keeper_runs_is_told_with_an_unknown_status(string program)
    {
        await using var world = new KeeperWorld(program);
        int pid;
        await using (var containerizer = await world.OpenAsync())
        {
            pid = (await containerizer.LaunchAsync(KeeperWorld.Shell("lost", "sleep 600"), Deadline)).State!.Pid;
        }

        var keeper = world.KeeperPid();
        Assert.Equal(0, Libc.Kill(keeper, Libc.SigKill));
        await KeeperWorld.GoneAsync(keeper);
        Assert.Equal(0, Libc.Kill(pid, Libc.SigKill));
        await KeeperWorld.GoneAsync(pid);
        await using var later = await world.OpenAsync();
        Assert.Equal("exit status unknown: the keeper was not running when it ended", (await KeeperWorld.NextExitAsync(later)).Message);
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task A_program_that_cannot_start_fails_with_the_systems_sentence(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        var spec = KeeperWorld.Shell("nope", "/bin/nope") with { Shell = false };
        Assert.Equal("cannot start '/bin/nope': No such file or directory", (await containerizer.LaunchAsync(spec, Deadline)).Error);
        Assert.Equal("cannot start '/bin/nope': No such file or directory", (await KeeperWorld.NextExitAsync(containerizer)).LaunchError);
        var folder = KeeperWorld.Shell("folder", "/tmp") with { Shell = false };
        Assert.Equal("cannot start '/tmp': Permission denied", (await containerizer.LaunchAsync(folder, Deadline)).Error);
        var searched = KeeperWorld.Shell("searched", "no-such-program") with { Shell = false };
        Assert.Equal(
            "cannot start 'no-such-program': No such file or directory", (await containerizer.LaunchAsync(searched, Deadline)).Error);
        var user = KeeperWorld.Shell("user", "id") with { User = "no-such-user" };
        Assert.Equal("the user 'no-such-user' does not exist on this node", (await containerizer.LaunchAsync(user, Deadline)).Error);
    }

    [Theory]
    [MemberData(nameof(KeeperWorld.Programs), MemberType = typeof(KeeperWorld))]
    public async Task The_task_gets_exactly_its_own_environment_arguments_and_limits(string program)
    {
        await using var world = new KeeperWorld(program);
        await using var containerizer = await world.OpenAsync();
        var spec = KeeperWorld.Shell("env", "env") with
        {
            Shell = false,
            Arguments = ["env"],
            Environment = [new("A", "first"), new("MESOS_SANDBOX", "/x"), new("A", "two words")],
        };
        _ = await containerizer.LaunchAsync(spec, Deadline);
        _ = await KeeperWorld.NextExitAsync(containerizer);
        var lines = (await File.ReadAllLinesAsync(Path.Combine(world.Sandbox("env"), "stdout"))).Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "A=two words", "EDGE_CONTAINER_ID=env", "MESOS_SANDBOX=/x",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ],
            lines);

        // Signals as a program expects them, no descriptor of ours, the directory, the limit.
        const string script = "awk '/SigIgn/ { print $2 }' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '; pwd; ulimit -n";
        var check = KeeperWorld.Shell("inside", script) with
        {
            Limits = [new RLimit(RLimitKind.OpenFiles, 77, 88)],
        };
        _ = await containerizer.LaunchAsync(check, Deadline);
        _ = await KeeperWorld.NextExitAsync(containerizer);
        var text = await File.ReadAllTextAsync(Path.Combine(world.Sandbox("inside"), "stdout"));
        var lineEnd = text.IndexOf('\n', StringComparison.Ordinal);
        const ulong ofTheCLibrary = 0x1_8000_0000; // Signals 32 and 33 are inherited and cannot be changed.
        Assert.Equal(0UL, ulong.Parse(text[..lineEnd], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~ofTheCLibrary);
        Assert.Equal($"0 1 2 3 {world.Sandbox("inside")}\n77\n", text[(lineEnd + 1)..]);
    }

    [RequiresFact("root")]
    public async Task A_task_runs_as_its_user_and_owns_its_sandbox()
    {
        await using var world = new KeeperWorld(KeeperWorld.Newest);
        await using var containerizer = await world.OpenAsync();
        var spec = KeeperWorld.Shell("user", "id -un; id -G; touch mine; stat -c %U . stdout mine") with { User = "nobody" };
        var result = await containerizer.LaunchAsync(spec, Deadline);
        Assert.True(result.IsStarted, result.Error);
        Assert.Equal(0, (await KeeperWorld.NextExitAsync(containerizer)).ExitCode);
        var lines = await File.ReadAllLinesAsync(Path.Combine(world.Sandbox("user"), "stdout"));
        var group = UserAccount.Find("nobody")!.Gid.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(["nobody", group, "nobody", "nobody", "nobody"], lines);
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(world.Paths.MetaRoot));
    }

    [Fact]
    public async Task Hostile_ids_are_refused_or_stay_inside()
    {
        await using var world = new KeeperWorld(KeeperWorld.Newest);
        await using var containerizer = await world.OpenAsync();
        foreach (var id in new[] { "", ".", "..", "a/b", "a\nb", "a\0b", "a\\b", new string('x', 256) })
        {
            var refused = await containerizer.LaunchAsync(KeeperWorld.Shell(id, "exit 0"), Deadline);
            Assert.Contains("container id", refused.Error, StringComparison.Ordinal);
        }

        foreach (var id in new[] { "%2e%2e", "...", "\u00e9\u00e9", "a b", new string('y', 255), "-rf", "~" })
        {
            var spec = KeeperWorld.Shell(id, "exit 0") with { FrameworkId = id, ExecutorId = id };
            var result = await containerizer.LaunchAsync(spec, Deadline);
            Assert.True(result.IsStarted, result.Error);
            _ = await KeeperWorld.NextExitAsync(containerizer);
            Assert.StartsWith(world.Paths.AgentRoot + "/", Path.GetFullPath(world.Paths.Sandbox(id, id, id)), StringComparison.Ordinal);
            Assert.True(Directory.Exists(world.Paths.Sandbox(id, id, id)));
        }
    }

    [Fact]
    public void The_keepers_log_stays_within_its_bound()
    {
        var folder = Directory.CreateTempSubdirectory("edge-log-").FullName;
        var log = new KeeperLog(Path.Combine(folder, "keeper.log"), TimeProvider.System);
        for (var i = 0; i < 3000; i++)
        {
            log.Write(new string('x', 2000) + "\n\n");
        }

        Assert.All(Directory.GetFiles(folder), f => Assert.InRange(new FileInfo(f).Length, 1, KeeperLog.MaxBytes));
        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Directory.Delete(folder, recursive: true);
    }
}
