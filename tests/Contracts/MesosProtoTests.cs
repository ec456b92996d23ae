using Edge.Contracts.Mesos;
using Google.Protobuf;
using SchedulerCall = Edge.Contracts.Mesos.Scheduler.Call;

namespace Edge.Tests.Contracts;

public sealed class MesosProtoTests
{
    [Fact]
    public void RequiredFieldMissing_IsRefused_AndNamed()
    {
        var call = new SchedulerCall { Kill = new() { TaskId = new TaskID() } };
        var read = MesosProto.TryParse<SchedulerCall>(call.ToByteArray());
        Assert.Equal((MesosParseFailure.NotProtobuf, "Failed to parse body into Call protobuf"), (read.Failure, read.Error));
        Assert.Equal(["kill.task_id.value"], MesosProto.MissingRequired(call));
    }

    [Fact]
    public void MissingInAMap_IsNamedByItsKey() => Assert.Equal(
        ["name", "task_id", "agent_id", "limits[cpus].value"], MesosProto.MissingRequired(new TaskInfo { Limits = { ["cpus"] = new() } }));

    [Fact]
    public void MissingFields_AreListedUpToABound() => Assert.Equal(
        16, MesosProto.MissingRequired(new TaskGroupInfo { Tasks = { Enumerable.Range(0, 1000).Select(_ => new TaskInfo()) } }).Count);

    [Fact]
    public void UnnamedEnumNumber_CountsAsUnset()
    {
        var call = MesosProto.TryParse<SchedulerCall>([0x10, 0x63]);
        Assert.True(call.Ok);
        Assert.False(call.Message.HasType);
        Assert.False(MesosProto.TryParse<Edge.Contracts.Mesos.Attribute>([0x0a, 0x01, 0x61, 0x10, 0x63]).Ok);
        var info = new CapabilityInfo { Capabilities = { CapabilityInfo.Types.Capability.Chown, (CapabilityInfo.Types.Capability)7 } };
        Assert.Equal([CapabilityInfo.Types.Capability.Chown],
            MesosProto.TryParse<CapabilityInfo>(info.ToByteArray()).Message!.Capabilities);
    }

    [Fact]
    public void PartsSentInPieces_AreMergedBeforeTheyAreJudged()
    {
        byte[] pieces = [0x0a, 0x00, 0x0a, 0x03, 0x0a, 0x01, 0x66];
        Assert.Equal("f", MesosProto.TryParse<SchedulerCall>(pieces).Message!.FrameworkId.Value);
    }

    [Fact]
    public void LengthWithMoreThan32Bits_IsReadAsTheLibraryReadsIt() =>
        Assert.Equal("t", MesosProto.TryParse<TaskID>([0x0a, 0x81, 0x80, 0x80, 0x80, 0x10, 0x74]).Message!.Value);

    [Fact]
    public void UnknownFields_AreKept()
    {
        byte[] wire = [0x0a, 0x01, 0x74, 0xf8, 0x3f, 0x01];
        Assert.Equal(wire, MesosProto.TryParse<TaskID>(wire).Message!.ToByteArray());
        Assert.Equal("""{"value":"t"}""", MesosJson.ToText(MesosProto.TryParse<TaskID>(wire).Message!));
    }

    [Theory]
    [InlineData(90, true)]
    [InlineData(200, false)]
    public void Nesting_IsBounded(int depth, bool ok)
    {
        var id = new ContainerID { Value = "c" };
        for (var left = depth; left > 0; left--)
        {
            id = new ContainerID { Value = "c", Parent = id };
        }

        Assert.Equal(ok, MesosProto.TryParse<ContainerID>(id.ToByteArray()).Ok);
    }

    [Fact]
    public void TooLarge_IsRefusedUnread() =>
        Assert.Equal(MesosParseFailure.TooLarge, MesosProto.TryParse<TaskID>(new byte[11], bytesMax: 10).Failure);
}
