namespace Edge.Agent.Native;

/// <summary>The version of this program.</summary>
internal static class AgentVersion
{
    /// <summary>As built: "0.1.0".</summary>
    public static string Text { get; } = typeof(AgentVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
