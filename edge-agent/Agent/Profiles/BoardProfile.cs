using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Agent.Profiles;

/// <summary>What a kind of board has and how much of it tasks may use, as a firmware profile says it.</summary>
internal sealed record BoardProfile
{
    /// <summary>The board's name, such as "raspberry-pi-4"; also the name of its file.</summary>
    public required string Board { get; init; }

    /// <summary>x64, arm64 or arm.</summary>
    public required string Architecture { get; init; }

    /// <summary>What the board is, for people; empty when it is not said.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>What to offer in place of what is found; plain and unreserved.</summary>
    public ResourceSet Resources { get; init; } = ResourceSet.Empty;

    /// <summary>The names of resources that are said, also those said as nothing; ascending, each once.</summary>
    public ImmutableArray<string> ResourceNames { get; init; } = [];

    /// <summary>Attributes in the order of the file, each name once.</summary>
    public ImmutableArray<Edge.Core.Resources.Attribute> Attributes { get; init; } = [];

    /// <summary>The GPIO chips with lines for tasks, in the order of the file, each label once.</summary>
    public ImmutableArray<GpioChip> Gpio { get; init; } = [];

    /// <summary>The buses for tasks, in the order of the file, each device once.</summary>
    public ImmutableArray<BoardBus> Buses { get; init; } = [];

    /// <summary>What is kept from tasks.</summary>
    public BoardLimits Limits { get; init; } = new();

    /// <summary>The hardware watchdog; null when the board has none.</summary>
    public BoardWatchdog? Watchdog { get; init; }
}
