using System.Collections.Immutable;

namespace Edge.Agent.Profiles;

/// <summary>Every key of a profile; <c>firmware-profiles/profile.schema.json</c> says the same to editors.</summary>
internal static class ProfileKeys
{
    // A mebibyte of megabytes: 1 TB of memory, far above any board.
    private const long MaxMb = 1024 * 1024;

    /// <summary>The keys of the whole file.</summary>
    public static ImmutableArray<ProfileKey> Root { get; } =
    [
        new("$schema", ProfileValueKind.Text) { Max = 200 },
        new("board", ProfileValueKind.Text) { Required = true, Max = 64, Form = ProfileTextForm.Board },
        new("architecture", ProfileValueKind.Word) { Required = true, Words = ["x64", "arm64", "arm"] },
        new("description", ProfileValueKind.Text) { Max = 1000 },
        new("resources", ProfileValueKind.Object)
        {
            Inner =
            [
                new("cpus", ProfileValueKind.Amount) { Max = 8192 },
                new("mem", ProfileValueKind.Whole) { Max = MaxMb },
                new("disk", ProfileValueKind.Whole) { Max = MaxMb * 1024 },
                new("gpus", ProfileValueKind.Whole) { Max = 64 },
                new("ports", ProfileValueKind.Ranges) { Max = 65535, Form = ProfileTextForm.Ranges },
            ],
        },
        new("attributes", ProfileValueKind.Names) { Max = 64, Form = ProfileTextForm.Value },
        new("gpio", ProfileValueKind.List)
        {
            Max = 64,
            Inner =
            [
                new("chip", ProfileValueKind.Text) { Required = true, Max = 31, Form = ProfileTextForm.Label },
                new("lines", ProfileValueKind.Whole) { Required = true, Min = 1, Max = 1024 },
                new("offered", ProfileValueKind.Ranges) { Required = true, Max = 1023, Form = ProfileTextForm.Ranges },
            ],
        },
        new("buses", ProfileValueKind.List)
        {
            Max = 64,
            Inner =
            [
                new("kind", ProfileValueKind.Word) { Required = true, Words = ["i2c", "spi", "uart", "can"] },
                new("device", ProfileValueKind.Text) { Required = true, Max = 100, Form = ProfileTextForm.Bus },
            ],
        },
        new("limits", ProfileValueKind.Object)
        {
            Inner =
            [
                new("reservedMemoryMb", ProfileValueKind.Whole) { Max = MaxMb },
                new("maxTasks", ProfileValueKind.Whole) { Min = 1, Max = 100_000 },
                new("maxProcessesPerTask", ProfileValueKind.Whole) { Min = 1, Max = 4_194_304 },
                new("maxOpenFilesPerTask", ProfileValueKind.Whole) { Min = 16, Max = 1_048_576 },
            ],
        },
        new("watchdog", ProfileValueKind.Object)
        {
            Inner =
            [
                new("device", ProfileValueKind.Text) { Required = true, Max = 100, Form = ProfileTextForm.Device },
                new("driver", ProfileValueKind.Text) { Max = 64, Form = ProfileTextForm.Label },
                new("timeoutSeconds", ProfileValueKind.Whole) { Required = true, Min = 1, Max = 3600 },
            ],
        },
    ];

    /// <summary>The longest value of an attribute.</summary>
    public const int MaxAttributeLength = 255;
}
