using System.Globalization;
using System.Text;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>/v2/info</c>, <c>/v2/leader</c>, <c>/v2/plugins</c> and <c>/ping</c>. Source: Marathon, InfoResource,
/// LeaderResource.</summary>
internal static class InfoEndpoint
{
    public static Task InfoAsync(MarathonRequest request)
    {
        if (!request.IsRead)
        {
            return AppsEndpoint.NotAllowedAsync(request);
        }

        var address = request.Host.Address();
        var port = int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        var info = new MarathonInfo
        {
            Elected = true,
            Leader = address,
            FrameworkId = FrameworkId.Apps.Value,
            HttpPort = port,
            Store = "sqlite",
            Config = new MarathonConfig
            {
                Hostname = address[..address.LastIndexOf(':')],
                Master = $"http://{address}/",
                MesosLeaderUiUrl = $"http://{address}/",
                WebuiUrl = $"http://{address}/",
            },
        };
        return Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteInfo(w, info));
    }

    public static Task LeaderAsync(MarathonRequest request) => request.Method switch
    {
        "GET" or "HEAD" => Answer.JsonAsync(
            request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteLeader(w, request.Host.Address())),

        // There is one, and it takes the lead again at once.
        "DELETE" => Answer.MessageAsync(request.Context, StatusCodes.Status200OK, MarathonTexts.Abdicated),
        _ => AppsEndpoint.NotAllowedAsync(request),
    };

    public static Task PluginsAsync(MarathonRequest request) => request.IsRead
        ? Answer.JsonAsync(
            request.Context, StatusCodes.Status200OK,
            w => MarathonJson.WriteList(w, "plugins", Array.Empty<string>(), (x, name) => x.WriteStringValue(name)))
        : AppsEndpoint.NotAllowedAsync(request);

    /// <summary><c>pong</c> as text or as JSON, by what is asked for.</summary>
    public static Task PingAsync(HttpContext context)
    {
        NoCache(context);
        var accept = context.Request.Headers.Accept.ToString();
        return accept.Contains("application/json", StringComparison.OrdinalIgnoreCase)
            ? ResponseBody.SendAsync(context, StatusCodes.Status200OK, MediaTypes.Json, Encoding.UTF8.GetBytes("\"pong\""))
            : ResponseBody.SendAsync(context, StatusCodes.Status200OK, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes("pong"));
    }

    /// <summary>Headers that every answer carries.</summary>
    public static void NoCache(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache, no-store, must-revalidate";
        headers.Pragma = "no-cache";
        headers.Expires = "0";
        headers.XFrameOptions = "DENY";
        headers.XXSSProtection = "1; mode=block";
    }
}
