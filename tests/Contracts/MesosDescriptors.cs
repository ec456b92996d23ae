using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Agent;
using Edge.Contracts.Mesos.Allocator;
using Edge.Contracts.Mesos.Executor;
using Edge.Contracts.Mesos.Maintenance;
using Edge.Contracts.Mesos.Master;
using Edge.Contracts.Mesos.Quota;
using Edge.Contracts.Mesos.Scheduler;
using Google.Protobuf.Reflection;

namespace Edge.Tests.Contracts;

/// <summary>Every message and enum of the Mesos files, nested ones included, map entries left out.</summary>
internal static class MesosDescriptors
{
    private static readonly FileDescriptor[] s_files =
    [
        MesosReflection.Descriptor, SchedulerReflection.Descriptor, ExecutorReflection.Descriptor, MasterReflection.Descriptor,
        AgentReflection.Descriptor, QuotaReflection.Descriptor, MaintenanceReflection.Descriptor, AllocatorReflection.Descriptor,
    ];

    /// <summary>Every message, in no particular order.</summary>
    public static IReadOnlyList<MessageDescriptor> All { get; } = [.. s_files.SelectMany(f => f.MessageTypes).SelectMany(WithNested)];

    /// <summary>Every enum, in no particular order.</summary>
    public static IReadOnlyList<EnumDescriptor> Enums { get; } =
        [.. s_files.SelectMany(f => f.EnumTypes), .. All.SelectMany(m => m.EnumTypes)];

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        message.ClrType is null ? [] : message.NestedTypes.SelectMany(WithNested).Prepend(message);
}
