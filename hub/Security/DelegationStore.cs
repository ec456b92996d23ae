using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;

namespace Edge.Hub.Security;

/// <summary>What is delegated, per node and to all others; kept in one file of the data folder.</summary>
/// <remarks>A file that cannot be read stops the start: a policy that was forgotten must not become a wider one. Safe from any
/// thread.</remarks>
internal sealed class DelegationStore : IDelegationPolicies
{
    /// <summary>The file's name below the data folder.</summary>
    public const string FileName = "delegations.json";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private Policies _policies;

    private DelegationStore(string path, TimeProvider time, Policies policies)
    {
        _path = path;
        _time = time;
        _policies = policies;
    }

    /// <summary>Called after a change, with the node that it concerns; null: every node without a policy of its own.</summary>
    public Action<NodeId?>? Changed { get; set; }

    /// <inheritdoc/>
    public DelegationPolicy Default => Volatile.Read(ref _policies).Default;

    /// <inheritdoc/>
    public ImmutableSortedDictionary<NodeId, DelegationPolicy> Nodes => Volatile.Read(ref _policies).Nodes;

    /// <summary>Reads the policies of a data folder; without a file everything is as built in.</summary>
    /// <exception cref="InvalidDataException">The file is there and cannot be understood.</exception>
    public static DelegationStore Open(string dataFolder, TimeProvider time)
    {
        var path = Path.Combine(dataFolder, FileName);
        var empty = new Policies(DelegationPolicy.BuiltIn, ImmutableSortedDictionary<NodeId, DelegationPolicy>.Empty);
        return new DelegationStore(path, time, File.Exists(path) ? Read(path) : empty);
    }

    /// <summary>What a node is given.</summary>
    public DelegationPolicy Of(NodeId node)
    {
        var policies = Volatile.Read(ref _policies);
        return policies.Nodes.GetValueOrDefault(node) ?? policies.Default;
    }

    /// <inheritdoc/>
    public string? Put(NodeId? node, DelegationPolicy policy)
    {
        policy = policy with { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), ChangedAt = _time.GetUtcNow() };
        return Change(node, policies => node is { } id
            ? policies with { Nodes = policies.Nodes.SetItem(id, policy) }
            : policies with { Default = policy });
    }

    /// <inheritdoc/>
    public string? Remove(NodeId? node) => Change(node, policies => node is { } id
        ? policies with { Nodes = policies.Nodes.Remove(id) }
        : policies with { Default = DelegationPolicy.BuiltIn });

    private string? Change(NodeId? node, Func<Policies, Policies> change)
    {
        lock (_lock)
        {
            var next = change(_policies);
            try
            {
                SafeFile.Write(_path, Write(next));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return $"{_path} cannot be written: {failure.Message}";
            }

            Volatile.Write(ref _policies, next);
        }

        Changed?.Invoke(node);
        return null;
    }

    private static ReadOnlySpan<byte> Write(Policies policies)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            Write(json, "default", policies.Default);
            json.WriteStartObject("nodes");
            foreach (var (node, policy) in policies.Nodes)
            {
                Write(json, node.Value, policy);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, string name, DelegationPolicy policy)
    {
        json.WriteStartObject(name);
        json.WriteString("id", policy.Id);
        json.WriteString("author", policy.Author);
        json.WriteString("changedAt", policy.ChangedAt);
        DelegationJson.Write(json, policy);
        json.WriteEndObject();
    }

    private static Policies Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var nodes = ImmutableSortedDictionary.CreateBuilder<NodeId, DelegationPolicy>();
            foreach (var node in document.RootElement.GetProperty("nodes").EnumerateObject())
            {
                nodes[new NodeId(node.Name)] = ReadPolicy(node.Value);
            }

            return new Policies(ReadPolicy(document.RootElement.GetProperty("default")), nodes.ToImmutable());
        }
        catch (Exception failure)
            when (failure is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException(
                $"{path} cannot be understood: {failure.Message} Mend it or put it back from a backup; without the file every node is "
                + "given the built-in delegation.",
                failure);
        }
    }

    private static DelegationPolicy ReadPolicy(JsonElement json)
    {
        var read = DelegationJson.Read(json);
        return read.Policy is { } policy
            ? policy with
            {
                Id = json.GetProperty("id").GetString() ?? string.Empty,
                Author = json.GetProperty("author").GetString() ?? string.Empty,
                ChangedAt = json.GetProperty("changedAt").GetDateTimeOffset(),
            }
            : throw new InvalidDataException(string.Join(' ', read.Faults.Select(f => $"{f.Pointer} is {f.Value}: {f.Detail}")));
    }

    private sealed record Policies(DelegationPolicy Default, ImmutableSortedDictionary<NodeId, DelegationPolicy> Nodes);
}
