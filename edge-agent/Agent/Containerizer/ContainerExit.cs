using System.Globalization;

namespace Edge.Agent.Containerizer;

/// <summary>How a container ended.</summary>
/// <param name="ExitStatus">As wait(2) encodes it (0 is success); null when nobody saw it.</param>
/// <param name="LaunchError">The sentence why its program was never started, or null.</param>
/// <param name="UnknownReason">The sentence why the status is unknown, or null.</param>
/// <param name="At">When it ended, UTC; when it was noticed, if the status is unknown.</param>
/// <param name="Monotonic">The same instant on the clock that counts from boot and is never set.</param>
public sealed record ContainerExit(
    string ContainerId, int? ExitStatus, string? LaunchError, string? UnknownReason, DateTimeOffset At, TimeSpan Monotonic)
{
    private const int SignalBits = 0x7f;

    /// <summary>The exit code, 0 to 255; null when a signal ended it or the status is unknown.</summary>
    public int? ExitCode => ExitStatus is { } status && (status & SignalBits) == 0 ? (status >> 8) & 0xff : null;

    /// <summary>The signal that ended it, or null.</summary>
    public int? Signal => ExitStatus is { } status && (status & SignalBits) != 0 ? status & SignalBits : null;

    /// <summary>The sentence of a pod that says which of its containers ended, and how; null for every other container.</summary>
    public string? PodSentence { get; init; }

    /// <summary>The sentence for a status update, as Mesos words it.</summary>
    public string Message =>
        LaunchError
        ?? PodSentence
        ?? (ExitStatus is { } status ? Describe("Command", status) : null)
        ?? UnknownReason
        ?? "Command ended, its exit status is unknown";

    /// <summary>How something ended, by its status as wait(2) encodes it.</summary>
    internal static string Describe(string subject, int status) => (status & SignalBits) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{subject} exited with status {(status >> 8) & 0xff}")
        : $"{subject} terminated with signal {SignalName(status & SignalBits)}";

    // The words of strsignal(3), which Mesos prints.
    private static string SignalName(int signal) => signal switch
    {
        1 => "Hangup",
        2 => "Interrupt",
        3 => "Quit",
        4 => "Illegal instruction",
        5 => "Trace/breakpoint trap",
        6 => "Aborted",
        7 => "Bus error",
        8 => "Floating point exception",
        9 => "Killed",
        10 => "User defined signal 1",
        11 => "Segmentation fault",
        12 => "User defined signal 2",
        13 => "Broken pipe",
        14 => "Alarm clock",
        15 => "Terminated",
        24 => "CPU time limit exceeded",
        25 => "File size limit exceeded",
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };
}
