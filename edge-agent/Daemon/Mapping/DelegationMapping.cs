using Edge.Core.Model;
using Edge.Core.Resources;
using Google.Protobuf;
using Wire = Edge.Contracts.Sync;

namespace Edge.Daemon.Mapping;

/// <summary>Delegations as the documents that a hub signs.</summary>
/// <remarks>The signature is over the bytes, so whoever holds a document keeps its bytes. Times are kept to the microsecond; a quota is
/// kept as far as <see cref="ResourceText"/> can say it, which is all that a quota is asked for. Source: sync.proto, Delegation.</remarks>
public static class DelegationMapping
{
    /// <summary>The document to sign.</summary>
    public static byte[] ToDocument(Delegation delegation)
    {
        var wire = new Wire.Delegation
        {
            Id = delegation.Id,
            Node = delegation.Node.Value,
            Restart = delegation.Restart,
            Create = delegation.Create,
            IssuedMicros = EpochMicros.From(delegation.IssuedAt),
        };
        wire.Apps.AddRange(delegation.Apps.Select(a => a.Value));
        wire.Fields.AddRange(delegation.Fields);
        if (delegation.Quota is { } quota)
        {
            wire.Quota = quota.Describe();
        }

        if (delegation.ValidFor is { } valid)
        {
            wire.ValidMicros = EpochMicros.From(valid);
        }

        return wire.ToByteArray();
    }

    /// <summary>What a document says; null for bytes that are no document, or too many. Says nothing of its signature.</summary>
    public static Delegation? FromDocument(ReadOnlyMemory<byte> document)
    {
        if (document.IsEmpty || document.Length > SyncLimits.DocumentMax
            || SyncMapping.Parse(Wire.Delegation.Parser, document.Span) is not { Id.Length: > 0 } wire)
        {
            return null;
        }

        var quota = wire.HasQuota ? ResourceText.Parse(wire.Quota).Value : null;
        return wire.HasQuota && quota is null
            ? null
            : new Delegation
            {
                Id = wire.Id,
                Node = new NodeId(wire.Node),
                Apps = [.. wire.Apps.Select(a => new AppId(a))],
                Fields = [.. wire.Fields],
                Restart = wire.Restart,
                Create = wire.Create,
                Quota = quota,
                ValidFor = wire.HasValidMicros ? EpochMicros.ToSpan(wire.ValidMicros) : null,
                IssuedAt = EpochMicros.ToTime(wire.IssuedMicros),
            };
    }

    internal static Wire.Delegated ToWire(DownMessage.Delegated message) => new()
    {
        Document = UnsafeByteOperations.UnsafeWrap(message.Held.Document),
        Signature = UnsafeByteOperations.UnsafeWrap(message.Held.Signature),
        HubKey = UnsafeByteOperations.UnsafeWrap(message.HubKey),
    };

    internal static DownMessage.Delegated? FromWire(Wire.Delegated wire)
    {
        if (wire.Signature.Length > SyncLimits.KeyMax || wire.HubKey.Length > SyncLimits.KeyMax
            || FromDocument(wire.Document.Memory) is not { } delegation)
        {
            return null;
        }

        var held = new HeldDelegation(delegation, wire.Document.Memory, wire.Signature.Memory, TimeSpan.Zero);
        return new DownMessage.Delegated(held, wire.HubKey.Memory);
    }
}
