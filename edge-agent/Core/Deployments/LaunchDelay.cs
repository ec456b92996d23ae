using Edge.Core.Model;

namespace Edge.Core.Deployments;

/// <summary>How long to wait after failures.</summary>
/// <remarks>Source: Marathon, backoffSeconds, backoffFactor, maxLaunchDelaySeconds: first x factor^(n-1), capped.</remarks>
public static class LaunchDelay
{
    /// <summary>The wait after so many failures in a row; zero without one.</summary>
    public static TimeSpan After(AppSpec app, int failures)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        var seconds = app.Backoff.TotalSeconds * Math.Pow(app.BackoffFactor, failures - 1);
        return double.IsFinite(seconds) && seconds < app.BackoffMax.TotalSeconds ? TimeSpan.FromSeconds(seconds) : app.BackoffMax;
    }

    /// <summary>True when a run lasted so long that failures before it do not count any more.</summary>
    public static bool IsForgiven(AppSpec app, int failures, TimeSpan ran) => ran > After(app, failures) + app.BackoffMax;
}
