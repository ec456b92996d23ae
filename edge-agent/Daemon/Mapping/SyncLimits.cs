namespace Edge.Daemon.Mapping;

/// <summary>What a sync message may hold at most, each with its reason: a message beyond a bound is unreadable as a whole.</summary>
/// <remarks>They stand above everything that is accepted elsewhere, so that no honest message meets them; a payload as a whole is bounded
/// by <see cref="SyncMapping.PayloadMax"/>.</remarks>
public static class SyncLimits
{
    /// <summary>Characters of a path, an id, the name of a field, or an author. Four times what Mesos allows for an id.</summary>
    public const int NameMax = 1024;

    /// <summary>Fields of a definition or of a change of one. Marathon has some forty.</summary>
    public const int FieldsMax = 1_000;

    /// <summary>Characters of the JSON text of one field. What a field becomes, an argument or a variable of a process, is at most 128 KiB.
    /// Source: execve(2).</summary>
    public const int JsonMax = 1024 * 1024;

    /// <summary>Ports of one instance: as many as there are.</summary>
    public const int PortsMax = 65_536;

    /// <summary>Apps in one message: as many as a cluster has by default.</summary>
    public const int AppsMax = 20_000;

    /// <summary>Instances in one message: more than processes fit on any node.</summary>
    public const int SlotsMax = 100_000;

    /// <summary>Bytes of a delegation's document: a thousand paths of usual length. Whoever signs one checks that it can be read.</summary>
    public const int DocumentMax = 64 * 1024;

    /// <summary>Bytes of a signature or of a public key. Those of P-256 have 64 and 91; room for a larger curve.</summary>
    public const int KeyMax = 1024;
}
