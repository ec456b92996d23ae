using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Edge.Hub.Fleet;
using Edge.Tests.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Hub.Fleet;

/// <summary>The engine's acts go through here: nothing that a node is, or is sent, may throw into the engine.</summary>
public sealed class FleetLinkTests
{
    [Fact]
    public async Task MessageForANode_ReachesItsTopic()
    {
        await using var world = await MqttWorld.StartAsync();
        using var link = new FleetLink(world.Broker, TaskMapping.FromWire, TimeProvider.System, NullLogger<FleetLink>.Instance);
        var node = await world.ConnectAsync("n1");
        await node.SubscribeAsync("edge/1/n1/down");
        link.Send(new NodeId("n1"), new DownMessage.Refused("because"));
        var message = await node.NextAsync();
        Assert.Equal(new DownMessage.Refused("because"), SyncMapping.DecodeDown(message.Payload.Span, TaskMapping.FromWire));
    }

    /// <summary>A stranger can publish under a name so long that the answer's topic would be no topic.</summary>
    [Fact]
    public async Task NameThatIsTooLongToAnswer_IsCounted_AndNothingIsThrown()
    {
        await using var world = await MqttWorld.StartAsync();
        using var link = new FleetLink(world.Broker, TaskMapping.FromWire, TimeProvider.System, NullLogger<FleetLink>.Instance);
        link.Send(new NodeId(new string('x', 65_525)), new DownMessage.Refused("because"));
        Assert.Equal(1, link.Unsendable);
    }

    [Fact]
    public async Task MessageLargerThanAnyPacket_IsCounted_AndNothingIsThrown()
    {
        await using var world = await MqttWorld.StartAsync(o => o with { Limits = o.Limits with { MaximumPacketBytes = 1024 } });
        using var link = new FleetLink(world.Broker, TaskMapping.FromWire, TimeProvider.System, NullLogger<FleetLink>.Instance);
        var noise = new byte[4096];
        new Random(1).NextBytes(noise);
        link.Send(new NodeId("n1"), new DownMessage.Refused(Convert.ToBase64String(noise)));
        Assert.Equal(1, link.Unsendable);
    }
}
