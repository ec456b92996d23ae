namespace Edge.Core.Deployments;

/// <summary>The instances of one app while its old version is exchanged for the current one.</summary>
/// <param name="Wanted">How many the app wants.</param>
/// <param name="Old">Instances of another version that are not asked to end.</param>
/// <param name="OldHealthy">Those of them that serve.</param>
/// <param name="OldAlive">Those whose process may still run, being ended ones included.</param>
/// <param name="New">Instances of the current version.</param>
/// <param name="NewReady">Those of them that serve.</param>
public readonly record struct UpgradeCounts(int Wanted, int Old, int OldHealthy, int OldAlive, int New, int NewReady);

/// <summary>What may be done now.</summary>
/// <param name="KillServing">How many serving instances of the old version may end; those that do not serve may end in any case.</param>
/// <param name="Start">How many instances of the current version may start.</param>
public readonly record struct UpgradeStep(int KillServing, int Start);

/// <summary>How many may end and start, so that enough serve and not too many run.</summary>
/// <remarks>Level-triggered: asked again whenever something changed, it gives the remaining step. Source: Marathon, TaskReplaceActor,
/// "rolling restart maths".</remarks>
public static class RollingUpgrade
{
    /// <summary>Decides one step.</summary>
    /// <param name="counts">How things stand.</param>
    /// <param name="minimumHealthCapacity">0 to 1.</param>
    /// <param name="maximumOverCapacity">0 to 1.</param>
    /// <param name="neverTwo">True: an old process has to be gone before a new one starts.</param>
    public static UpgradeStep Next(UpgradeCounts counts, double minimumHealthCapacity, double maximumOverCapacity, bool neverTwo)
    {
        var minimum = neverTwo ? 0 : (int)Math.Ceiling(counts.Wanted * minimumHealthCapacity);
        var maximum = neverTwo ? counts.Wanted : (int)Math.Floor(counts.Wanted * (1 + maximumOverCapacity));
        if (!neverTwo && minimum == maximum && maximum <= counts.Old + counts.New)
        {
            // Nothing may end and nothing may start: one more than allowed is the way out.
            maximum++;
        }

        var kill = Math.Clamp(counts.OldHealthy + counts.NewReady - minimum, 0, counts.OldHealthy);
        var unserving = counts.Old - counts.OldHealthy;
        var old = neverTwo ? counts.OldAlive : counts.Old - kill - unserving;
        var start = Math.Min(counts.Wanted - counts.New, maximum - old - counts.New);
        return new UpgradeStep(kill, Math.Max(0, start));
    }
}
