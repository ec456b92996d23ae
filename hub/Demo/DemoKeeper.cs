namespace Edge.Hub.Demo;

/// <summary>Ends what outlives an agent on purpose: its keeper and the tasks of the demonstration.</summary>
internal static class DemoKeeper
{
    /// <summary>Ends every process that was started for a data folder; nothing else is touched.</summary>
    public static void End(string dataFolder) => ProcessKiller.EndAll(id =>
        File.ReadAllText($"/proc/{id}/cmdline").Contains(dataFolder, StringComparison.Ordinal)
        || File.ReadAllText($"/proc/{id}/environ").Contains($"MESOS_SANDBOX={dataFolder}/", StringComparison.Ordinal));
}
