using System.Runtime.CompilerServices;

namespace Edge.Tests.Support;

/// <summary>Settings of the whole test process, made before its first test.</summary>
internal static class TestProcess
{
    /// <summary>Threads of the pool that start without a wait. Reason: the pool adds others slowly, and with every core busy hardly at
    /// all; a test that works for long on one of only two would keep the answers of all others waiting, up to their time-outs.</summary>
    private const int PoolThreadsMin = 64;

    [ModuleInitializer]
    internal static void Start() => ThreadPool.SetMinThreads(PoolThreadsMin, PoolThreadsMin);
}
