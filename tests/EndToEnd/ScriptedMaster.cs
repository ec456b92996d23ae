using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Edge.Tests.EndToEnd;

/// <summary>A master that does only what its script says; stands in for a hub while the tests' clients are tested themselves.</summary>
internal sealed class ScriptedMaster : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly Channel<Exchange> _calls = Channel.CreateBounded<Exchange>(1000);

    private ScriptedMaster(WebApplication web) => _web = web;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_web.Urls.First());

    /// <summary>Faults of the script itself, which Kestrel would otherwise turn into a status 500.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    /// <summary>Every call in the order of arrival, as it was answered.</summary>
    public ChannelReader<Exchange> Calls => _calls.Reader;

    /// <summary>Starts a master on a free port of the loopback.</summary>
    /// <param name="answer">The script: called for each request with its whole body.</param>
    /// <param name="port">A port to take over from an earlier one, or 0.</param>
    public static async Task<ScriptedMaster> StartAsync(Func<Exchange, Task> answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var master = new ScriptedMaster(builder.Build());
        master._web.Run(context => master.AnswerAsync(context, answer));
        await master._web.StartAsync();
        return master;
    }

    /// <summary>The RecordIO form of a text.</summary>
    public static byte[] Record(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        return [.. Encoding.ASCII.GetBytes(body.Length.ToString(CultureInfo.InvariantCulture) + "\n"), .. body];
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, Func<Exchange, Task> answer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var exchange = new Exchange(context, body.ToArray());
        _calls.Writer.TryWrite(exchange);
        try
        {
            await answer(exchange);
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
        {
            Faults.Enqueue(fault);
            throw;
        }
    }

    /// <summary>One request with its body, and the ways to answer it.</summary>
    internal sealed record Exchange(HttpContext Context, byte[] Body)
    {
        /// <summary>The path asked for; kept after the answer.</summary>
        public string Path { get; } = Context.Request.Path;

        /// <summary>The stream id that came with it, or null; kept after the answer.</summary>
        public string? StreamId { get; } = Context.Request.Headers["Mesos-Stream-Id"];

        /// <summary>The body as text.</summary>
        public string Text => Encoding.UTF8.GetString(Body);

        /// <summary>Answers with a status and no body, as most calls are answered.</summary>
        public void Accept(int status = StatusCodes.Status202Accepted)
        {
            Context.Response.StatusCode = status;
            Context.Response.ContentLength = 0;
        }

        /// <summary>Starts a stream of records.</summary>
        public async Task OpenStreamAsync(string streamId, string contentType)
        {
            Context.Response.ContentType = contentType;
            Context.Response.Headers["Mesos-Stream-Id"] = streamId;
            await Context.Response.Body.FlushAsync(Context.RequestAborted);
        }

        /// <summary>Writes bytes as one chunk.</summary>
        public async Task WriteAsync(byte[] bytes)
        {
            await Context.Response.Body.WriteAsync(bytes, Context.RequestAborted);
            await Context.Response.Body.FlushAsync(Context.RequestAborted);
        }

        /// <summary>Cuts the connection without a proper end, as a killed master does.</summary>
        public void Abort() => Context.Abort();

        /// <summary>Writes one record as one chunk.</summary>
        public Task WriteRecordAsync(string text) => WriteAsync(Record(text));
    }
}
