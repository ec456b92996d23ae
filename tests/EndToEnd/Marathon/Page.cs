using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>A page that a check asks for; it stands in for a task that serves one.</summary>
internal sealed class Page(WebApplication server) : IAsyncDisposable
{
    private static int s_taskPort = 31_400;

    private readonly List<string> _paths = [];

    public int Status { get; set; } = StatusCodes.Status200OK;

    public string Body { get; set; } = string.Empty;

    public int Port => new Uri(server.Urls.First()).Port;

    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_paths)
            {
                return [.. _paths];
            }
        }
    }

    /// <summary>Starts one on any port.</summary>
    public static Task<Page> StartAsync() => StartAsync(0);

    /// <summary>Starts one on a port that nodes offer to tasks, and that no other page has.</summary>
    public static async Task<Page> StartAsTaskAsync()
    {
        while (true)
        {
            try
            {
                return await StartAsync(Interlocked.Increment(ref s_taskPort));
            }
            catch (IOException taken) when (taken.InnerException is not null)
            {
                // Somebody else has it: the next one.
            }
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task<Page> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var page = new Page(server);
        server.Urls.Add($"http://127.0.0.1:{port}");
        server.Run(context =>
        {
            lock (page._paths)
            {
                page._paths.Add(context.Request.Path);
            }

            context.Response.StatusCode = page.Status;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync(page.Body);
        });
        await server.StartAsync();
        return page;
    }
}
