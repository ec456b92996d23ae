using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/delegations</c>: what the operators of sites may do while they are cut off. A hub says it, a node holds
/// it.</summary>
/// <remarks>The name <c>default</c> stands for every node without a policy of its own; a node of that name cannot have one.</remarks>
internal static class DelegationsEndpoint
{
    private const string Default = "default";
    private const string Example = "{\"apps\":[\"/\"],\"fields\":[\"instances\",\"env\"],\"restart\":true,\"create\":true,\"quota\":null,"
        + "\"validForSeconds\":null}";

    /// <summary>Nodes with a policy of their own at most. Reason: they lie in one file.</summary>
    private const int PoliciesMax = 10_000;

    private const int NodeMax = 255;

    public static Task HandleAsync(EdgeRequest request, ImmutableArray<string> below) => below switch
    {
        [] => !request.IsRead ? request.NotAllowedAsync("GET", "HEAD")
            : request.Host.Delegations is { } policies ? ListAsync(request, policies)
            : request.ObjectAsync(json => WriteHeld(json, request)),
        [var name] => request.Host.Delegations is { } policies ? OneAsync(request, policies, name) : HeldAsync(request, name),
        _ => request.NoRouteAsync(),
    };

    /// <summary>What is in force for a node: by its hub what it is given, by itself what it holds; null when it holds nothing.</summary>
    public static void WriteInForce(Utf8JsonWriter json, string name, EdgeRequest request, NodeId node)
    {
        if (request.Host.Delegations is { } policies)
        {
            json.WriteStartObject(name);
            Write(json, policies, node);
            json.WriteEndObject();
        }
        else if (request.State.Self?.Delegation is { } held)
        {
            json.WriteStartObject(name);
            WriteHeld(json, held, request.Host.Context().Monotonic);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static Task ListAsync(EdgeRequest request, IDelegationPolicies policies) => request.ObjectAsync(json =>
    {
        json.WriteStartObject(Default);
        WritePolicy(json, policies.Default);
        json.WriteEndObject();
        EdgeJson.WriteList(json, "delegations", policies.Nodes.Keys, (w, node) => Write(w, policies, node));
    });

    private static Task OneAsync(EdgeRequest request, IDelegationPolicies policies, string name)
    {
        NodeId? node = name == Default ? null : new NodeId(name);
        return request.Method switch
        {
            "GET" or "HEAD" => ShowAsync(request, policies, node),
            "PUT" => PutAsync(request, policies, node),
            "DELETE" => DeleteAsync(request, policies, node),
            _ => request.NotAllowedAsync("GET", "HEAD", "PUT", "DELETE"),
        };
    }

    private static Task ShowAsync(EdgeRequest request, IDelegationPolicies policies, NodeId? node, int status = StatusCodes.Status200OK)
    {
        if (node is not { } id)
        {
            return request.ObjectAsync(json => WritePolicy(json, policies.Default), status);
        }

        return policies.Nodes.ContainsKey(id) || request.State.Nodes.ContainsKey(id)
            ? request.ObjectAsync(json => Write(json, policies, id), status)
            : request.UnknownAsync("node", id.Value, "nodes");
    }

    private static async Task PutAsync(EdgeRequest request, IDelegationPolicies policies, NodeId? node)
    {
        if (node is { Value.Length: > NodeMax })
        {
            await request.BadValueAsync("node", node.Value.Value, $"The name of a node has at most {NodeMax} characters.");
            return;
        }

        if (await request.ReadJsonAsync(Example) is not { } body)
        {
            return;
        }

        var read = DelegationJson.Read(body);
        if (read.Policy is not { } policy)
        {
            await new Problem(
                StatusCodes.Status422UnprocessableEntity, "Bad delegation", string.Join(' ', read.Faults.Select(f => f.Detail)))
            {
                Name = "delegation",
                Errors = read.Faults,
                Action = $"Send an object such as {Example}.",
            }.SendAsync(request.Context);
            return;
        }

        var isNew = node is { } id && !policies.Nodes.ContainsKey(id);
        if (isNew && policies.Nodes.Count >= PoliciesMax)
        {
            await TooManyAsync(request);
            return;
        }

        var failure = policies.Put(node, policy with { Author = request.Author });
        request.Host.Audit.Add(new AuditEntry("delegation_set", request.Author, failure) { Node = node?.Value ?? Default });
        await (failure is null
            ? ShowAsync(request, policies, node, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : NotDurableAsync(request, failure));
    }

    private static async Task DeleteAsync(EdgeRequest request, IDelegationPolicies policies, NodeId? node)
    {
        if (node is { } id && !policies.Nodes.ContainsKey(id))
        {
            await request.UnknownAsync("delegation", id.Value, "delegations");
            return;
        }

        var failure = policies.Remove(node);
        request.Host.Audit.Add(new AuditEntry("delegation_removed", request.Author, failure) { Node = node?.Value ?? Default });
        await (failure is null
            ? request.ObjectAsync(json => WritePolicy(json, policies.Default))
            : NotDurableAsync(request, failure));
    }

    private static Task HeldAsync(EdgeRequest request, string name) =>
        !request.IsRead ? request.NotAllowedAsync("GET", "HEAD")
        : request.State.Self is { } self && self.Id.Value == name ? request.ObjectAsync(json => WriteHeld(json, request))
        : request.UnknownAsync("delegation", name, "delegations");

    private static Task TooManyAsync(EdgeRequest request) => new Problem(
        StatusCodes.Status409Conflict, "Too many delegations", $"{PoliciesMax} nodes have a policy of their own, which is the limit.")
    {
        Action = "Remove one, or say it in the default.",
    }.SendAsync(request.Context);

    private static Task NotDurableAsync(EdgeRequest request, string failure) => new Problem(
        StatusCodes.Status503ServiceUnavailable, "Not durable", failure)
    {
        Action = "Make room in the hub's data folder and try again; nothing has changed.",
    }.SendAsync(request.Context);

    private static void Write(Utf8JsonWriter json, IDelegationPolicies policies, NodeId node)
    {
        var own = policies.Nodes.GetValueOrDefault(node);
        json.WriteString("node", node.Value);
        json.WriteString("source", own is null ? Default : "node");
        WritePolicy(json, own ?? policies.Default);
    }

    private static void WritePolicy(Utf8JsonWriter json, DelegationPolicy policy)
    {
        DelegationJson.Write(json, policy);
        json.WriteString("id", policy.Id);
        json.WriteString("author", policy.Author);
        EdgeJson.WriteTime(json, "changedAt", policy.ChangedAt);
    }

    private static void WriteHeld(Utf8JsonWriter json, EdgeRequest request)
    {
        // A node is always a node here.
        var self = request.State.Self!;
        json.WriteStartArray("delegations");
        if (self.Delegation is { } held)
        {
            json.WriteStartObject();
            WriteHeld(json, held, request.Host.Context().Monotonic);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("hubKey", self.HubKey.IsEmpty ? null : Convert.ToHexStringLower(SHA256.HashData(self.HubKey.Span)));
        json.WriteNumber("refused", request.State.Counters.DelegationsRefused);
    }

    private static void WriteHeld(Utf8JsonWriter json, HeldDelegation held, TimeSpan monotonic)
    {
        var said = held.Delegation;
        json.WriteString("node", said.Node.Value);
        DelegationJson.Write(json, new DelegationPolicy
        {
            Id = said.Id,
            Apps = said.Apps,
            Fields = said.Fields,
            Restart = said.Restart,
            Create = said.Create,
            Quota = said.Quota,
            ValidFor = said.ValidFor,
        });
        json.WriteString("id", said.Id);
        EdgeJson.WriteTime(json, "issuedAt", said.IssuedAt);
        json.WriteNumber("usedSeconds", Math.Floor(held.UsedAt(monotonic).TotalSeconds));
        EdgeJson.WriteNumber(
            json, "remainingSeconds",
            said.ValidFor is { } valid ? Math.Max(0, Math.Floor((valid - held.UsedAt(monotonic)).TotalSeconds)) : null);
    }
}
