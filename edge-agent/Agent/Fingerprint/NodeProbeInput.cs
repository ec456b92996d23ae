namespace Edge.Agent.Fingerprint;

/// <summary>What the operator says about the node; text is taken as it was given.</summary>
internal sealed record NodeProbeInput
{
    /// <summary>The data folder; its file system is what is offered as disk.</summary>
    public required string Data { get; init; }

    /// <summary>The address of the node's own API.</summary>
    public required string Address { get; init; }

    /// <summary>The port of the node's own API.</summary>
    public required int Port { get; init; }

    /// <summary>The name to show; the host's own when empty.</summary>
    public string? Hostname { get; init; }

    /// <summary>The site; empty for none.</summary>
    public string? Site { get; init; }

    /// <summary>A firmware profile, by path or by the name of a shipped one; none when empty.</summary>
    public string? Profile { get; init; }

    /// <summary>Resources as in "cpus:2;mem:1024": each name given replaces what was found, "cpus:0" "ports:[]" remove it.</summary>
    public string? Resources { get; init; }

    /// <summary>Attributes as in "rack:r1;zone:eu": each name given replaces the profile's.</summary>
    public string? Attributes { get; init; }
}
