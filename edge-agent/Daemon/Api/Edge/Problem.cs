using System.Collections.Immutable;
using System.Text.Json;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Edge;

/// <summary>Why a request was not carried out: what it named, what was wrong with it, what is allowed, and what to do.</summary>
/// <remarks>Source: RFC 9457, application/problem+json.</remarks>
internal sealed record Problem(int Status, string Title, string Detail)
{
    private const string MediaType = "application/problem+json";

    /// <summary>What the request named, such as <c>node</c> or <c>resolution</c>; absent when it named nothing.</summary>
    public string? Name { get; init; }

    /// <summary>The bad value.</summary>
    public string? Value { get; init; }

    /// <summary>What is allowed instead; empty when that is no list.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>What to do.</summary>
    public string? Action { get; init; }

    /// <summary>Everything that is wrong with a body.</summary>
    public ImmutableArray<DelegationFault> Errors { get; init; } = [];

    /// <summary>Sends it.</summary>
    public Task SendAsync(HttpContext context) =>
        ResponseBody.SendAsync(context, Status, MediaType, EdgeJson.ToUtf8(json => Write(json, context.Request.Path)));

    private void Write(Utf8JsonWriter json, PathString path)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        json.WriteString("instance", path.Value);
        WriteGiven(json, "name", Name);
        WriteGiven(json, "value", Value);
        if (!Allowed.IsEmpty)
        {
            EdgeJson.WriteTexts(json, "allowed", Allowed);
        }

        WriteGiven(json, "action", Action);
        if (!Errors.IsEmpty)
        {
            EdgeJson.WriteList(json, "errors", Errors, (w, error) =>
            {
                w.WriteString("pointer", error.Pointer);
                w.WriteString("value", error.Value);
                w.WriteString("detail", error.Detail);
            });
        }

        json.WriteEndObject();
    }

    private static void WriteGiven(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
