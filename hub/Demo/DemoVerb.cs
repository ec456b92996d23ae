namespace Edge.Hub.Demo;

/// <summary>The verb <c>edge-hub demo</c>.</summary>
internal static class DemoVerb
{
    /// <summary>Runs the demonstration in a temporary folder.</summary>
    /// <param name="exitAtEnd">True: end after the last step. False: stay up until Ctrl-C.</param>
    /// <returns>0 when every step held; 1 with the reason otherwise.</returns>
    public static async Task<int> RunAsync(bool exitAtEnd, TimeProvider time, CancellationToken stopped)
    {
        var folder = Directory.CreateTempSubdirectory("edge-demo-").FullName;
        Console.WriteLine("Edge demonstration: one hub, three agents, one framework that speaks the public Mesos v1 API.");
        try
        {
            var programs = await DemoPrograms.BuildAsync(time);
            await using var runner = new DemoRunner(programs, folder, time);
            await runner.RunAsync();
            if (!exitAtEnd)
            {
                runner.SayWhere();
                Console.WriteLine("  Ctrl-C ends it.");
                await WaitAsync(time, stopped);
            }

            return 0;
        }
        catch (Exception failure) when (failure is DemoFailedException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"demo: {failure.Message} Logs are in {folder}.");
            return 1;
        }
    }

    private static async Task WaitAsync(TimeProvider time, CancellationToken stopped)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stopped);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
    }
}
