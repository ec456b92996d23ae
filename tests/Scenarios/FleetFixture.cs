namespace Edge.Tests.Scenarios;

/// <summary>One fleet for all scenarios of a class: each leaves it as it was; after one that fails the next gets a new fleet.</summary>
public abstract class FleetFixture : IAsyncLifetime
{
    private Fleet? _fleet;

    /// <summary>What runs; called when the first scenario needs it.</summary>
    internal abstract Fleet Create();

    /// <summary>Runs a scenario, and checks that nothing of it is left.</summary>
    internal async Task RunAsync(Func<Fleet, Task> scenario)
    {
        var fleet = _fleet ??= Create();
        try
        {
            await fleet.Cluster.GuardAsync(async () =>
            {
                if (!fleet.Cluster.Hub.IsRunning)
                {
                    await fleet.StartAsync();
                }

                await scenario(fleet);
                await fleet.TidyAsync();
            });
        }
        catch (InvalidOperationException)
        {
            _fleet = null;
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync();
        }
    }
}
