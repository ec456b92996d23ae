using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>What a deployment does to one app. Source: Marathon, DeploymentAction.</summary>
public enum DeploymentActionKind
{
    /// <summary>A new app appears, with no instance yet.</summary>
    StartApplication,

    /// <summary>All instances end.</summary>
    StopApplication,

    /// <summary>Instances are added or ended.</summary>
    ScaleApplication,

    /// <summary>Instances are exchanged for ones of the current version.</summary>
    RestartApplication,
}

/// <summary>One action.</summary>
public sealed record DeploymentAction(DeploymentActionKind Kind, AppId App);

/// <summary>Actions that go on side by side; the next step waits for all of them.</summary>
public sealed record DeploymentStep(ImmutableArray<DeploymentAction> Actions);

/// <summary>What a deployment changed of one app, for the way back.</summary>
/// <param name="App">Which.</param>
/// <param name="Before">What it was; absent when the deployment created it.</param>
/// <param name="After">What it became; absent when the deployment deleted it.</param>
public sealed record DeploymentChange(AppId App, AppDefinition? Before, AppDefinition? After);

/// <summary>A change under way. Source: Marathon, /v2/deployments.</summary>
public sealed record Deployment
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The version of the group that it leads to, UTC.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>In order; never empty.</summary>
    public required ImmutableArray<DeploymentStep> Steps { get; init; }

    /// <summary>The step under way, counted from 0.</summary>
    public int CurrentStep { get; init; }

    /// <summary>What it changed, by app.</summary>
    public required ImmutableArray<DeploymentChange> Changes { get; init; }

    /// <summary>True when it touches the app.</summary>
    public bool Affects(AppId app) => Changes.Any(c => c.App == app);
}
