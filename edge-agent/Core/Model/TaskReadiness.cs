namespace Edge.Core.Model;

/// <summary>The readiness check of one task, run by its node beside it until it passes for the first time.</summary>
/// <remarks>Only tasks of apps have one. Its failures end nothing. Source: Marathon, readinessChecks.</remarks>
/// <param name="Name">For people; comes back with each result.</param>
/// <param name="Check">How, and how often: always by HTTP.</param>
/// <param name="KeepsResponse">True: what the task answered is told with the verdict.</param>
public sealed record ReadinessCheck(string Name, HealthCheck Check, bool KeepsResponse);

/// <summary>What a task answered to its readiness check, bounded.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="ContentType">As the task said it; empty when it did not.</param>
/// <param name="Body">The beginning of the text; bytes that are no UTF-8 are replaced.</param>
public sealed record ReadinessResponse(int Status, string ContentType, string Body)
{
    /// <summary>Longest body that is kept, in bytes, and so in characters. Reason: it is written to flash with the task's newest status
    /// and its history, and a hundred of them travel in one message.</summary>
    public const int BodyMax = 2048;

    /// <summary>Longest content type that is kept, in characters. Reason: honest ones are below a hundred.</summary>
    public const int ContentTypeMax = 256;

    /// <summary>The same within the bounds.</summary>
    public static ReadinessResponse Bounded(int status, string contentType, string body)
    {
        ArgumentNullException.ThrowIfNull(contentType);
        ArgumentNullException.ThrowIfNull(body);
        return new ReadinessResponse(status, Begin(contentType, ContentTypeMax), Begin(body, BodyMax));
    }

    // Half of a pair of surrogates would not come back from a store as it was.
    private static string Begin(string text, int max) => text.Length <= max ? text
        : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
}

/// <summary>What the readiness check of a task has shown so far; a task without a result has none.</summary>
/// <remarks>A task that was ready once stays it. The node knows the newest response; a turn of the verdict or of the response's status code
/// is told and kept over a restart, and the hub knows the rest as it stood then.
/// Source: Marathon, TaskReadinessCheckResult.</remarks>
/// <param name="Ready">True once the check has passed.</param>
/// <param name="Response">The newest answer; absent without one, and where nobody wants to see it.</param>
public sealed record TaskReadiness(bool Ready, ReadinessResponse? Response = null)
{
    /// <summary>What the statuses of a task say of its readiness; null when none of them says anything.</summary>
    /// <param name="history">Oldest first.</param>
    public static TaskReadiness? Of(IEnumerable<StatusUpdate> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        TaskReadiness? readiness = null;
        foreach (var status in history)
        {
            readiness = Told(readiness, status);
        }

        return readiness;
    }

    /// <summary>What is known once a status is heard; one that does not speak of it adds nothing, and nothing follows ready.</summary>
    public static TaskReadiness? Told(TaskReadiness? known, StatusUpdate status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return known is { Ready: true } ? known : status.Readiness ?? known;
    }

    /// <summary>True when this is worth telling to somebody who was told something else.</summary>
    /// <param name="told">Absent when nothing was told.</param>
    public bool IsNewsAfter(TaskReadiness? told) =>
        told is null || (!told.Ready && (Ready || Response?.Status != told.Response?.Status));
}
