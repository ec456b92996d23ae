namespace Edge.Agent.Fingerprint;

/// <summary>One found fact, or its documented fallback and why it had to be taken.</summary>
/// <param name="Value">What was found; the fallback where there is a fault.</param>
/// <param name="Fault">A whole sentence that names the source, what it held, and the fallback; null when the fact was found.</param>
internal sealed record Probed<T>(T Value, string? Fault = null);
