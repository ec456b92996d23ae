namespace Edge.Tests.Simulation;

/// <summary>One life of a fleet: work and faults, then healing, then rest; what must hold is checked all along.</summary>
internal static class SimChaos
{
    /// <summary>Lives one seed.</summary>
    /// <returns>What did not hold; null when everything did.</returns>
    public static string? Find(SimWorld world)
    {
        try
        {
            Live(world);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (SimulationFaultException fault)
        {
            return fault.Message;
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            return bug.ToString();
        }
    }

    /// <summary>Lives one seed.</summary>
    /// <exception cref="SimulationFaultException">An invariant did not hold.</exception>
    public static void Live(SimWorld world)
    {
        world.Launching = true;
        world.Chaotic = world.Chance(0.95);
        world.Hub.Boot();
        foreach (var agent in world.Agents)
        {
            world.After(world.Between(0, 20), agent.Boot);
        }

        foreach (var framework in world.Frameworks)
        {
            world.After(world.Between(0, 20), framework.Subscribe);
        }

        if (world.Frameworks.Length > 0)
        {
            PlanWork(world);
        }

        world.Operator.Plan();
        PlanFault(world);
        world.RunFor(world.Between(300, 1800));
        Heal(world);
        world.RunFor(TimeSpan.FromMinutes(50));
        world.Oracle.CheckAgreement();
        if (world.Oracle.IsWhole)
        {
            world.Apps.CheckAgreement();
        }

        EndWork(world);
        world.RunFor(TimeSpan.FromMinutes(40));
        world.Oracle.CheckEnd();
        if (world.Oracle.IsWhole)
        {
            world.Apps.CheckAgreement();
            world.Apps.CheckSettled();
            world.Operator.DeleteAll();
            world.RunFor(TimeSpan.FromMinutes(20));
            world.Apps.CheckGone();
        }
    }

    private static void PlanWork(SimWorld world) => world.After(world.Between(1, 20), () =>
    {
        if (!world.Launching)
        {
            return;
        }

        var framework = world.Frameworks[world.Random.Next(world.Frameworks.Length)];
        switch (world.Random.Next(10))
        {
            case < 5:
                framework.KillOne();
                break;
            case < 7:
                framework.Reconcile(world.Chance(0.5));
                break;
            case 7 when world.Chance(0.3):
                framework.Drop(world.Between(0, 30));
                break;
            case 8 when world.Chance(0.05):
                framework.Teardown();
                break;
        }

        PlanWork(world);
    });

    private static void PlanFault(SimWorld world) => world.After(world.Between(1, 60), () =>
    {
        if (!world.Chaotic)
        {
            return;
        }

        Break(world, world.Agents[world.Random.Next(world.Agents.Length)]);
        PlanFault(world);
    });

    private static void Break(SimWorld world, SimAgent agent)
    {
        switch (world.Random.Next(15))
        {
            case < 3:
                agent.Link.Cut();
                break;
            case 3:
                agent.Link.CutOneWay();
                break;
            case 4:
                agent.Link.FalseAlarm();
                break;
            case 5 when agent.IsUp:
                agent.Crash("by chance");
                break;
            case 6 when world.Hub.IsUp && world.Chance(0.5):
                world.Hub.Crash("by chance");
                break;
            case 7:
                Jump(world, world.Chance(0.5) ? world.Hub : agent);
                break;
            case 8:
                world.Hub.TakeBackup();
                break;
            case 9:
                agent.TakeCopy();
                break;
            case 11 when agent.IsUp && world.Chance(0.5):
                agent.Crash("with its machine");
                agent.Reboot();
                break;
            case 12:
                (world.Chance(0.3) ? (SimDaemon)world.Hub : agent).FillDisk(world.Between(1, 120));
                break;
            case 10 when world.Chance(0.2):
                agent.ChangeResources();
                break;
        }
    }

    private static void Jump(SimWorld world, SimDaemon daemon) =>
        daemon.Skew = TimeSpan.FromDays(world.Random.Next(-3650, 3650));

    private static void Heal(SimWorld world)
    {
        world.Trace("world", () => "HEAL");
        world.Chaotic = false;
        world.Launching = false;
        world.Hub.Boot();
        foreach (var agent in world.Agents)
        {
            agent.Boot();
        }

        world.Operator.ReleaseAll();
        for (var minute = 5; minute <= 95; minute += 5)
        {
            world.After(TimeSpan.FromMinutes(minute), () =>
            {
                foreach (var framework in world.Frameworks)
                {
                    framework.Reconcile(everything: false);
                }
            });
        }
    }

    private static void EndWork(SimWorld world)
    {
        world.Trace("world", () => "END");
        foreach (var agent in world.Agents)
        {
            if (world.Chance(0.5))
            {
                agent.Runtime.EndEndless();
            }
        }

        world.Operator.DecideAll();
        foreach (var framework in world.Frameworks)
        {
            framework.KillAll();
        }

        // What no framework claims any more ends by itself.
        world.After(TimeSpan.FromMinutes(2), () => Array.ForEach(world.Agents, a => a.Runtime.EndEndless()));
    }
}
