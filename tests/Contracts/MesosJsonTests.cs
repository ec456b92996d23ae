using System.Buffers;
using System.Text;
using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Master;
using Edge.Contracts.Mesos.Quota;
using Google.Protobuf;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using SchedulerCall = Edge.Contracts.Mesos.Scheduler.Call;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Tests.Contracts;

/// <summary>The rules of the JSON form, one test each.</summary>
public sealed class MesosJsonTests
{
    private static MesosParse<T> Parse<T>(string json)
        where T : class, IMessage<T>, new() => MesosJson.Parse<T>(Encoding.UTF8.GetBytes(json));

    private static T Read<T>(string json)
        where T : class, IMessage<T>, new() =>
            Parse<T>(json) is { Ok: true } read ? read.Message : throw new Xunit.Sdk.XunitException(Parse<T>(json).Error);

    private static void Fails<T>(string json, MesosParseFailure failure, string error)
        where T : class, IMessage<T>, new()
    {
        var read = Parse<T>(json);
        Assert.False(read.Ok);
        Assert.Null(read.Message);
        Assert.Equal(failure, read.Failure);
        Assert.Equal(error, read.Error);
    }

    [Fact]
    public void Names_AreSnakeCase_InTheOrderOfTheFile() => Assert.Equal(
        """{"task_id":{"value":"t"},"state":"TASK_RUNNING","agent_id":{"value":"a"},"healthy":true}""",
        MesosJson.ToText(new TaskStatus
        {
            Healthy = true,
            AgentId = new() { Value = "a" },
            State = TaskState.TaskRunning,
            TaskId = new() { Value = "t" },
        }));

    [Fact]
    public void Enums_AreNames() =>
        Assert.Equal(SchedulerCall.Types.Type.Acknowledge, Read<SchedulerCall>("""{"type":"ACKNOWLEDGE"}""").Type);

    [Fact]
    public void EnumByNumber_IsAnError() => Fails<SchedulerCall>("""{"type":3}""", MesosParseFailure.WrongShape,
        "Failed to convert JSON into Call protobuf: Not expecting a JSON number for field 'type'");

    [Fact]
    public void UnknownEnumName_InAnOptionalField_IsDropped() => Assert.False(Read<SchedulerCall>("""{"type":"DANCE"}""").HasType);

    [Fact]
    public void UnknownEnumName_InARequiredField_IsAnError() => Fails<Edge.Contracts.Mesos.Attribute>("""{"name":"a","type":"DANCE"}""",
        MesosParseFailure.WrongShape, "Failed to convert JSON into Attribute protobuf: Failed to find enum for 'DANCE' for field 'type'");

    [Fact]
    public void UnnamedEnumNumber_IsNotWritten() =>
        Assert.Equal("{}", MesosJson.ToText(new SchedulerCall { Type = (SchedulerCall.Types.Type)99 }));

    [Fact]
    public void Bytes_AreStandardBase64_AndSlashesStay()
    {
        var data = ByteString.CopyFrom(0xff, 0xff, 0xfe, 0x3e);
        Assert.Equal("""{"value":"///+Pg=="}""", MesosJson.ToText(new UUID { Value = data }));
        Assert.Equal(data, Read<UUID>("""{"value":"\/\/\/+Pg=="}""").Value);
        Fails<UUID>("""{"value":"!"}""", MesosParseFailure.WrongShape,
            "Failed to convert JSON into UUID protobuf: Failed to base64 decode bytes for field 'value'");
    }

    [Fact]
    public void Int64_IsANumber_AndReadsFromAString()
    {
        Assert.Equal("""{"nanoseconds":9223372036854775807}""", MesosJson.ToText(new DurationInfo { Nanoseconds = long.MaxValue }));
        Assert.Equal(long.MinValue, Read<DurationInfo>("""{"nanoseconds":"-9223372036854775808"}""").Nanoseconds);
        Assert.Equal(ulong.MaxValue, Read<Value.Types.Range>("""{"begin":1,"end":18446744073709551615}""").End);
    }

    [Theory]
    [InlineData("1.000000", 1)]
    [InlineData("1e3", 1000)]
    [InlineData("\"7\"", 7)]
    [InlineData("-0", 0)]
    public void WholeNumbers_MayBeWrittenWithAFraction(string json, uint value) =>
        Assert.Equal(value, Read<HealthCheck>($$"""{"consecutive_failures":{{json}}}""").ConsecutiveFailures);

    [Theory]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("4294967296")]
    [InlineData("1e40")]
    [InlineData("\"x\"")]
    [InlineData("\"\"")]
    public void NumbersThatDoNotFit_AreErrors(string json) =>
        Fails<HealthCheck>($$"""{"consecutive_failures":{{json}}}""", MesosParseFailure.WrongShape,
        "Failed to convert JSON into HealthCheck protobuf: Failed to parse the value as a whole number of type uint32 "
        + "for field 'consecutive_failures'");

    [Fact]
    public void Doubles_KeepAFraction_AndInfinitiesAreStrings()
    {
        Assert.Equal("""{"value":2.0}""", MesosJson.ToText(new Value.Types.Scalar { Value = 2 }));
        Assert.Equal("""{"value":"-Infinity"}""", MesosJson.ToText(new Value.Types.Scalar { Value = double.NegativeInfinity }));
        Assert.Equal(double.PositiveInfinity, Read<Value.Types.Scalar>("""{"value":"Infinity"}""").Value);
        Assert.Equal(0.25, Read<Value.Types.Scalar>("""{"value":"0.25"}""").Value);
        Assert.Equal(MesosParseFailure.WrongShape, Parse<Value.Types.Scalar>("""{"value":1e999}""").Failure);
    }

    [Fact]
    public void Bools_ReadFromLiteralsAndStrings_NotFromNumbers()
    {
        Assert.True(Read<CommandInfo>("""{"shell":"true"}""").Shell);
        Assert.False(Read<CommandInfo>("""{"shell":false}""").Shell);
        Fails<CommandInfo>("""{"shell":1}""", MesosParseFailure.WrongShape,
            "Failed to convert JSON into CommandInfo protobuf: Not expecting a JSON number for field 'shell'");
        Assert.Equal(MesosParseFailure.WrongShape, Parse<CommandInfo>("""{"shell":"yes"}""").Failure);
    }

    [Fact]
    public void ExplicitDefaults_AreAlwaysWritten_UnlessDeprecated() => Assert.Equal(
        """{"user":"","name":"n","failover_timeout":0.0,"checkpoint":false}""",
        MesosJson.ToText(new FrameworkInfo { User = "", Name = "n" }));

    [Fact]
    public void ExplicitDefaults_OfEveryKind() => Assert.Equal(
        """{"variables":[{"name":"A","type":"VALUE"}]} {"shell":true} {"refuse_seconds":5.0} {"hostname":"h","port":5051}""",
        string.Join(' ', MesosJson.ToText(
            new Edge.Contracts.Mesos.Environment { Variables = { new Edge.Contracts.Mesos.Environment.Types.Variable { Name = "A" } } }),
            MesosJson.ToText(new CommandInfo()), MesosJson.ToText(new Filters()), MesosJson.ToText(new AgentInfo { Hostname = "h" })));

    [Fact]
    public void EmptyLists_AreLeftOut() => Assert.Equal("{}", MesosJson.ToText(new Labels()));

    [Fact]
    public void Null_MeansUnset_AlsoInListsAndMaps()
    {
        var call = Read<SchedulerCall>(
            """{"framework_id":null,"type":"DECLINE","accept":null,"decline":{"offer_ids":[null,{"value":"o"}],"filters":null}}""");
        Assert.Null(call.FrameworkId);
        Assert.Equal("o", Assert.Single(call.Decline.OfferIds).Value);
        Assert.Empty(Read<QuotaConfig>("""{"role":"r","limits":{"cpus":null}}""").Limits);
        Assert.Empty(Read<QuotaConfig>("""{"role":"r","limits":null}""").Limits);
    }

    [Fact]
    public void SingleValue_StandsForAListOfOne()
    {
        Assert.Equal("o", Assert.Single(Read<SchedulerCall.Types.Decline>("""{"offer_ids":{"value":"o"}}""").OfferIds).Value);
        Assert.Equal("r", Assert.Single(Read<SchedulerCall.Types.Revive>("""{"roles":"r"}""").Roles));
    }

    [Fact]
    public void ListForASingleField_IsAnError() => Fails<SchedulerCall>("""{"decline":[]}""", MesosParseFailure.WrongShape,
        "Failed to convert JSON into Call protobuf: Not expecting a JSON array for field 'decline'");

    [Fact]
    public void UnknownKeys_AreIgnored_WhateverTheyHold() =>
        Assert.Equal("t", Read<TaskID>("""{"x":{"y":[1,{"value":"no"}]},"value":"t","":0}""").Value);

    [Fact]
    public void EscapedKeys_AreTheSameKeys() => Assert.Equal("t", Read<TaskID>("""{"v\u0061lue":"\u0074"}""").Value);

    [Fact]
    public void Maps_AreObjects()
    {
        var config = new QuotaConfig { Role = "r", Limits = { ["cpus"] = new() { Value = 1.5 } } };
        Assert.Equal("""{"role":"r","limits":{"cpus":{"value":1.5}}}""", MesosJson.ToText(config));
        Assert.Equal(config, Read<QuotaConfig>("""{"role":"r","limits":{"cpus":{"value":"1.5"}}}"""));
    }

    [Fact]
    public void Durations_AreObjects()
    {
        var call = new Call.Types.DrainAgent { AgentId = new() { Value = "a" }, MaxGracePeriod = new Duration { Seconds = 600 } };
        Assert.Equal("""{"agent_id":{"value":"a"},"max_grace_period":{"seconds":600},"mark_gone":false}""", MesosJson.ToText(call));
        Assert.Equal(600,
            Read<Call.Types.DrainAgent>("""{"agent_id":{"value":"a"},"max_grace_period":{"seconds":600}}""").MaxGracePeriod.Seconds);
        Assert.Equal(MesosParseFailure.WrongShape,
            Parse<Call.Types.DrainAgent>("""{"agent_id":{"value":"a"},"max_grace_period":"600s"}""").Failure);
    }

    [Fact]
    public void Text_StaysReadable_OnlyWhatJsonForbidsIsEscaped() => Assert.Equal(
        "{\"value\":\"/a/ \u00e9 \u6771 \U0001F680 <>&' \\\"\\\\\\n\\r\\t\\u0001\"}",
            MesosJson.ToText(new TaskID { Value = "/a/ \u00e9 \u6771 \U0001F680 <>&' \"\\\n\r\t\u0001" }));

    [Fact]
    public void LastOfEqualKeys_Wins_InFull()
    {
        var call = Read<SchedulerCall>("""
            {"type":"KILL","revive":{"roles":["a","b"]},"framework_id":{},
             "revive":{"roles":["c"]},"framework_id":{"value":"f"},"type":"REVIVE"}
            """);
        Assert.Equal(SchedulerCall.Types.Type.Revive, call.Type);
        Assert.Equal(["c"], call.Revive.Roles);
        Assert.Equal("f", call.FrameworkId.Value);
        Assert.False(Read<SchedulerCall>("""{"type":"KILL","type":null}""").HasType);
    }

    [Fact]
    public void MissingRequiredFields_AreNamedWithTheirFullPath() => Fails<SchedulerCall>(
        """{"type":"ACCEPT","accept":{"operations":[{"type":"DECLINE"},{"launch":{"task_infos":[{"name":"n","task_id":{}}]}}]}}""",
        MesosParseFailure.WrongShape,
        "Failed to convert JSON into Call protobuf: Missing required fields: accept.operations[1].launch.task_infos[0].agent_id, "
        + "accept.operations[1].launch.task_infos[0].task_id.value");

    [Fact]
    public void WrongShape_IsNamedWithItsFullPath() => Fails<SchedulerCall>(
        """{"accept":{"operations":[{},{"launch":{"task_infos":[{"name":5}]}}]}}""", MesosParseFailure.WrongShape,
        "Failed to convert JSON into Call protobuf: Not expecting a JSON number "
        + "for field 'accept.operations[1].launch.task_infos[0].name'");

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"type\":5,")]
    [InlineData("{} {}")]
    [InlineData("{\"type\":\"\\ud800\"}")]
    [InlineData("{'type':1}")]
    [InlineData("{\"type\":\"KILL\",}")]
    [InlineData("nonsense")]
    public void WhatIsNoJson_IsSaidFirst(string text)
    {
        var read = Parse<SchedulerCall>(text);
        Assert.Equal(MesosParseFailure.NotJson, read.Failure);
        Assert.StartsWith("Failed to parse body into JSON: ", read.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("null")]
    public void JsonThatIsNoObject_HasTheWrongShape(string text) => Fails<SchedulerCall>(text, MesosParseFailure.WrongShape,
        "Failed to convert JSON into Call protobuf: Expecting a JSON object");

    [Fact]
    public void BytesThatAreNoUtf8_AreNoJson() =>
        Assert.Equal(MesosParseFailure.NotJson, MesosJson.Parse<TaskID>([.. "{\"value\":\""u8, 0xff, .. "\"}"u8]).Failure);

    [Fact]
    public void TooDeep_IsRefused_JustBelowIsRead()
    {
        static string Nested(int depth) =>
            string.Concat(Enumerable.Repeat("{\"value\":\"c\",\"parent\":", depth - 1)) + "{\"value\":\"c\"}" + new string('}', depth - 1);
        Assert.True(Parse<ContainerID>(Nested(MesosJson.DepthMax)).Ok);
        Assert.Equal(MesosParseFailure.NotJson, Parse<ContainerID>(Nested(MesosJson.DepthMax + 1)).Failure);
        Assert.Equal(MesosParseFailure.NotJson, Parse<ContainerID>(Nested(200_000)).Failure);
    }

    [Fact]
    public void TooLarge_IsRefusedUnread()
    {
        var read = MesosJson.Parse<TaskID>("{\"value\":\"t\"}"u8, bytesMax: 12);
        Assert.Equal((MesosParseFailure.TooLarge, "The body has 13 bytes, at most 12 are read"), (read.Failure, read.Error));
        Assert.True(MesosJson.Parse<TaskID>("{\"value\":\"t\"}"u8, bytesMax: 13).Ok);
    }

    [Fact]
    public void Parts_OfASequence_AreReadAsOne()
    {
        var first = new Part("{\"val"u8.ToArray(), null);
        var last = new Part("ue\":\"t\"}"u8.ToArray(), first);
        Assert.Equal("t", MesosJson.Parse<TaskID>(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)).Message!.Value);
        Assert.Equal(MesosParseFailure.TooLarge, MesosJson.Parse<TaskID>(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length),
            3).Failure);
    }

    [Fact]
    public void Write_IntoALargerText_IsOneValue()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartArray();
            MesosJson.Write(new TaskID { Value = "a" }, writer);
            MesosJson.Write(new TaskID { Value = "b" }, writer);
            writer.WriteEndArray();
        }

        Assert.Equal("""[{"value":"a"},{"value":"b"}]""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(byte[] bytes, Part? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
