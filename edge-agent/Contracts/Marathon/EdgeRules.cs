namespace Edge.Contracts.Marathon;

/// <summary>Rules of this cluster on top of Marathon's: labels that it reads, and what it runs one of.</summary>
internal static class EdgeRules
{
    /// <summary>Label that says what happens to an instance whose node is out of reach.</summary>
    public const string DisconnectLabel = "EDGE_DISCONNECT";

    /// <summary>Label that says what happens when hub and site changed the same app.</summary>
    public const string MergeLabel = "EDGE_MERGE";

    private static readonly string[] s_disconnect = ["prefer-newer", "prefer-original", "never-two", "site-decides"];
    private static readonly string[] s_merge = ["fields", "hub", "site", "hold"];

    public static void Run(MapNode app, MarathonReading reading, MarathonErrors errors)
    {
        CheckLabel(app, DisconnectLabel, s_disconnect, errors);
        CheckLabel(app, MergeLabel, s_merge, errors);
        errors.AddIf(
            !reading.Support.Refusals.IsEmpty && app.Items("healthChecks").Count > 1,
            "/healthChecks", "Only one health check per app is run yet; combine several in one command.");
    }

    private static void CheckLabel(MapNode app, string label, string[] allowed, MarathonErrors errors)
    {
        if (app.Map("labels")?.Text(label) is { } value)
        {
            errors.AddIf(!allowed.Contains(value), $"/labels/{label}", $"got {value}, expected one of: {string.Join(", ", allowed)}");
        }
    }
}
