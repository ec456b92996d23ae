namespace Edge.Agent.Containerizer;

/// <summary>What came of a launch.</summary>
/// <param name="Error">The sentence for the operator when the container was not started, else null.</param>
/// <param name="State">The container as it then is; null when it never came to be. It may already have ended.</param>
public sealed record LaunchResult(string? Error, ContainerState? State)
{
    public bool IsStarted => Error is null;

    public static LaunchResult Started(ContainerState state) => new(null, state);

    public static LaunchResult Failed(string error) => new(error, null);
}
