using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Daemon.Mapping;

/// <summary>What is wrong with one part of a delegation that was written as JSON.</summary>
/// <param name="Pointer">Where it stands, as a JSON pointer (RFC 6901).</param>
/// <param name="Value">What stands there.</param>
/// <param name="Detail">What is wrong, and what is allowed, as a sentence.</param>
public sealed record DelegationFault(string Pointer, string Value, string Detail);

/// <summary>What was read: a policy, or everything that is wrong with it.</summary>
public sealed record DelegationRead(DelegationPolicy? Policy, ImmutableArray<DelegationFault> Faults);

/// <summary>What a hub delegates as JSON: in its API and in its data folder.</summary>
public static class DelegationJson
{
    /// <summary>Shortest validity. Reason: a hub renews once a minute what has an end, and a link may be slow.</summary>
    public const int ValidMinSeconds = 300;

    /// <summary>Longest validity: ten years; whoever wants more wants no end.</summary>
    public const int ValidMaxSeconds = 315_360_000;

    private const int ValueMax = 200;

    /// <summary>Members that an answer carries and that a body may therefore hold: they are the server's.</summary>
    private static readonly string[] s_servers =
        ["id", "node", "source", "author", "changedAt", "issuedAt", "usedSeconds", "remainingSeconds"];

    /// <summary>Writes what a policy says; within an object.</summary>
    public static void Write(Utf8JsonWriter json, DelegationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(policy);
        WriteTexts(json, "apps", policy.Apps.Select(a => a.Value));
        WriteTexts(json, "fields", policy.Fields);
        json.WriteBoolean("restart", policy.Restart);
        json.WriteBoolean("create", policy.Create);
        WriteQuota(json, policy.Quota);
        if (policy.ValidFor is { } valid)
        {
            json.WriteNumber("validForSeconds", (long)valid.TotalSeconds);
        }
        else
        {
            json.WriteNull("validForSeconds");
        }
    }

    /// <summary>Reads a policy; what is not said is as in <see cref="DelegationPolicy.BuiltIn"/>. Its id, author and time are for the
    /// caller to set.</summary>
    public static DelegationRead Read(JsonElement json)
    {
        var faults = ImmutableArray.CreateBuilder<DelegationFault>();
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(Fault("", json, "A delegation is an object, such as {\"apps\":[\"/\"],\"fields\":[\"instances\"]}."));
            return new DelegationRead(null, faults.ToImmutable());
        }

        var policy = DelegationPolicy.BuiltIn;
        foreach (var member in json.EnumerateObject().Where(m => !s_servers.Contains(m.Name)))
        {
            policy = Read(policy, member, faults);
        }

        // Every node's document is a little shorter than this one.
        var longest = policy.For(new NodeId(new string('n', SyncLimits.NameMax)), new string('i', SyncLimits.NameMax), default);
        if (faults.Count == 0 && DelegationMapping.ToDocument(longest).Length > SyncLimits.DocumentMax)
        {
            faults.Add(new DelegationFault(
                "/apps", $"{policy.Apps.Length} paths",
                $"The whole delegation has more than {SyncLimits.DocumentMax} bytes; name groups."));
        }

        return new DelegationRead(faults.Count == 0 ? policy : null, faults.ToImmutable());
    }

    private static DelegationPolicy Read(
        DelegationPolicy policy, JsonProperty member, ImmutableArray<DelegationFault>.Builder faults)
    {
        switch (member.Name)
        {
            case "apps":
                return policy with { Apps = [.. Texts(member, IsApp, AppForm, faults).Select(a => new AppId(a))] };
            case "fields":
                return policy with { Fields = Texts(member, IsField, FieldForm, faults) };
            case "restart":
                return policy with { Restart = Flag(member, faults) };
            case "create":
                return policy with { Create = Flag(member, faults) };
            case "quota":
                return policy with { Quota = Quota(member, faults) };
            case "validForSeconds":
                return policy with { ValidFor = Validity(member, faults) };
            default:
                faults.Add(Fault(
                    "/" + member.Name, member.Value,
                    $"'{Short(member.Name)}' is no part of a delegation; those are apps, fields, restart, create, quota and "
                        + "validForSeconds."));
                return policy;
        }
    }

    private const string AppForm = "allowed is the path of an app or group of the hub: / or /edge/web";

    private static string FieldForm => $"allowed is * or a field of an app: {string.Join(", ", AppFieldNames.All)}";

    private static bool IsApp(string text) =>
        text.Length <= SyncLimits.NameMax && AppPath.IsPathText(text) && AppPath.Resolve(text) == text;

    private static bool IsField(string text) => text == "*" || AppFieldNames.All.Contains(text);

    private static ImmutableArray<string> Texts(
        JsonProperty member, Func<string, bool> isAllowed, string form, ImmutableArray<DelegationFault>.Builder faults)
    {
        if (member.Value.ValueKind != JsonValueKind.Array)
        {
            faults.Add(Fault("/" + member.Name, member.Value, $"It has to be a list of texts; {form}."));
            return [];
        }

        var texts = ImmutableArray.CreateBuilder<string>();
        var index = 0;
        foreach (var item in member.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !isAllowed(item.GetString()!))
            {
                faults.Add(Fault($"/{member.Name}/{index}", item, $"{form}."));
            }
            else
            {
                texts.Add(item.GetString()!);
            }

            index++;
        }

        return [.. texts.Distinct(StringComparer.Ordinal)];
    }

    private static bool Flag(JsonProperty member, ImmutableArray<DelegationFault>.Builder faults)
    {
        if (member.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            faults.Add(Fault("/" + member.Name, member.Value, "Allowed is true or false."));
        }

        return member.Value.ValueKind == JsonValueKind.True;
    }

    private static ResourceSet? Quota(JsonProperty member, ImmutableArray<DelegationFault>.Builder faults)
    {
        const string Form = "allowed are names with numbers above 0, such as {\"cpus\":2,\"mem\":1024}; to allow no apps of the site's "
            + "own, set create to false";
        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (member.Value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(Fault("/quota", member.Value, $"It has to be null or an object; {Form}."));
            return null;
        }

        var quota = new List<Resource>();
        foreach (var limit in member.Value.EnumerateObject())
        {
            // A limit of nothing would vanish from the set, and be no limit.
            if (limit.Value.ValueKind == JsonValueKind.Number
                && Scalar.TryFromDouble(limit.Value.GetDouble(), out var amount) && amount > Scalar.Zero
                && ResourceText.Parse($"{limit.Name}:1").Value is { Count: 1 } named && named.Single().Name == limit.Name
                && !quota.Exists(r => r.Name == limit.Name))
            {
                quota.Add(Resource.Of(limit.Name, amount));
            }
            else
            {
                faults.Add(Fault($"/quota/{limit.Name}", limit.Value, $"{Form}."));
            }
        }

        return ResourceSet.Of(quota);
    }

    private static TimeSpan? Validity(JsonProperty member, ImmutableArray<DelegationFault>.Builder faults)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var seconds)
            && seconds is >= ValidMinSeconds and <= ValidMaxSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        faults.Add(Fault(
            "/validForSeconds", member.Value,
            $"Allowed is null for no end, or a whole number of seconds from {ValidMinSeconds} to {ValidMaxSeconds}."));
        return null;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteQuota(Utf8JsonWriter json, ResourceSet? quota)
    {
        if (quota is null)
        {
            json.WriteNull("quota");
            return;
        }

        json.WriteStartObject("quota");
        foreach (var limit in quota.Where(r => r.Kind == ResourceKind.Scalar))
        {
            json.WriteNumber(limit.Name, limit.Scalar.ToDouble());
        }

        json.WriteEndObject();
    }

    private static DelegationFault Fault(string pointer, JsonElement value, string detail) =>
        new(Short(pointer), Short(value.GetRawText()), char.ToUpperInvariant(detail[0]) + detail[1..]);

    private static string Short(string text) => text.Length <= ValueMax ? text : text[..ValueMax] + "...";
}
