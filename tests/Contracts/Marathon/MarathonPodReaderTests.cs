using System.Text.Json;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>What a pod's JSON becomes, and what is refused of it.</summary>
public sealed class MarathonPodReaderTests
{
    private const string Minimal = """{"id":"p","containers":[{"name":"a","exec":{"command":{"shell":"sleep 1"}},"resources":{}}]}""";

    [Fact]
    public void Read_AMinimalPod_FillsInTheDefaults()
    {
        var pod = Defined(Minimal);
        Assert.Equal("/p", pod.Id);
        Assert.True(MarathonPodReader.IsPod(pod.Fields));
        Assert.Equal("1", pod.Fields["instances"]);
        Assert.Equal("\"*\"", pod.Fields["role"]);
        Assert.Equal("""{"cpus":0.1,"disk":10,"mem":32}""", pod.Fields["executorResources"]);
        Assert.Equal(
            """[{"exec":{"command":{"shell":"sleep 1"}},"name":"a","resources":{"cpus":1,"disk":0,"gpus":0,"mem":128}}]""",
            pod.Fields["containers"]);
        Assert.Equal(
            """{"backoff":{"backoff":1,"backoffFactor":1.15,"maxLaunchDelay":300},"killSelection":"YOUNGEST_FIRST","placement":"""
            + """{"acceptedResourceRoles":[],"constraints":[]},"unreachableStrategy":{"expungeAfterSeconds":0,"inactiveAfterSeconds":0},"""
            + "\"upgrade\":" + """{"maximumOverCapacity":1,"minimumHealthCapacity":1}}""",
            pod.Fields["scheduling"]);
        Assert.Equal(["containers", "executorResources", "id", "instances", "role", "scheduling"], pod.Fields.Keys);
    }

    [Fact]
    public void Written_AndReadAgain_APodIsTheSame()
    {
        var pod = Defined(Pod("""
            "scaling":{"kind":"fixed","instances":3},"labels":{"a":"b"},"environment":{"X":"1"},"user":"nobody",
            "networks":[{"mode":"host"}],"volumes":[{"name":"v"}],
            "scheduling":{"backoff":{"backoff":2},"placement":{"constraints":[{"fieldName":"hostname","operator":"UNIQUE"}]}}
            """, """
            "endpoints":[{"name":"web","hostPort":0,"protocol":["tcp"]}],"volumeMounts":[{"name":"v","mountPath":"data"}],
            "healthCheck":{"http":{"endpoint":"web","path":"/"}},"lifecycle":{"killGracePeriodSeconds":1.5}
            """));
        var info = new MarathonPodInfo(pod.Fields, DateTimeOffset.UnixEpoch);
        var written = System.Text.Encoding.UTF8.GetString(MarathonJson.ToUtf8(w => MarathonJson.WritePod(w, info)));
        Assert.Contains("""{"kind":"fixed","instances":3}""", written);
        Assert.DoesNotContain("\"instances\":\"", written);
        var again = Defined(written);
        Assert.Equal(pod.Fields, again.Fields);
        Assert.Empty(again.UnknownFields);
    }

    [Theory]
    [InlineData("\"secrets\":{\"s\":{\"source\":\"x\"}}", "", "/secrets")]
    [InlineData("\"environment\":{\"S\":{\"secret\":\"s\"}}", "", "/environment/S/secret")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"host\":\"/x\"}]", "", "/volumes(0)/host")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"persistent\":{\"size\":1}}]", "", "/volumes(0)/persistent")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"secret\":\"s\"}]", "", "/volumes(0)/secret")]
    [InlineData("\"networks\":[{\"mode\":\"container\",\"name\":\"n\"}]", "", "/networks(0)/mode")]
    [InlineData("\"linuxInfo\":{\"seccomp\":{\"unconfined\":true}}", "", "/linuxInfo")]
    [InlineData("\"legacySharedCgroups\":true", "", "/legacySharedCgroups")]
    [InlineData("", "\"image\":{\"kind\":\"DOCKER\",\"id\":\"nginx\"}", "/containers(0)/image")]
    [InlineData("", "\"linuxInfo\":{\"seccomp\":{\"unconfined\":true}}", "/containers(0)/linuxInfo")]
    [InlineData("", "\"resourceLimits\":{\"cpus\":\"unlimited\"}", "/containers(0)/resourceLimits")]
    [InlineData("", "\"resources\":{\"gpus\":1}", "/containers(0)/resources/gpus")]
    [InlineData("", "\"check\":{\"exec\":{\"command\":{\"shell\":\"x\"}}}", "/containers(0)/check")]
    [InlineData("", "\"artifacts\":[{\"uri\":\"http://x\"}]", "/containers(0)/artifacts")]
    [InlineData("", "\"tty\":true", "/containers(0)/tty")]
    [InlineData("", "\"exec\":{\"command\":{\"shell\":\"x\"},\"overrideEntrypoint\":true}", "/containers(0)/exec/overrideEntrypoint")]
    [InlineData("\"volumes\":[{\"name\":\"v\"}]", "\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"d\",\"readOnly\":true}]",
        "/containers(0)/volumeMounts(0)/readOnly")]
    [InlineData("\"volumes\":[{\"name\":\"v\"}]", "\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/abs\"}]",
        "/containers(0)/volumeMounts(0)/mountPath")]
    [InlineData("", "\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"d\"}]", "/containers(0)/volumeMounts(0)/name")]
    [InlineData("", "\"endpoints\":[{\"name\":\"e\",\"hostPort\":0,\"containerPort\":80}]", "/containers(0)/endpoints(0)/containerPort")]
    [InlineData("", "\"endpoints\":[{\"name\":\"e\"}]", "/containers(0)/endpoints(0)/hostPort")]
    [InlineData("", "\"healthCheck\":{\"http\":{\"endpoint\":\"e\"}}", "/containers(0)/healthCheck/http/endpoint")]
    [InlineData("", "\"healthCheck\":{}", "/containers(0)/healthCheck")]
    [InlineData("", "\"exec\":null", "/containers(0)/exec")]
    [InlineData("\"role\":\"other\"", "", "/role")]
    [InlineData("\"environment\":{\"1\":\"x\"}", "", "/environment/1")]
    [InlineData("\"labels\":{\"EDGE_MERGE\":\"x\"}", "", "/labels/EDGE_MERGE")]
    [InlineData("\"scheduling\":{\"placement\":{\"constraints\":[{\"fieldName\":\"a\",\"operator\":\"LIKE\",\"value\":\"(\"}]}}", "",
        "/scheduling/placement/constraints(0)")]
    public void Read_WhatIsNotCarriedOut_IsRefusedByItsName(string pod, string container, string path)
    {
        var error = Refused(Pod(pod, container));
        Assert.Equal(MarathonErrorKind.ObjectNotValid, error.Kind);
        Assert.Equal([path], error.Details.Select(d => d.Path));
    }

    [Fact]
    public void Read_CollectsAllErrors()
    {
        var error = Refused("""
            {"id":"/p","secrets":{"s":{"source":"x"}},"containers":[
             {"name":"a","exec":{"command":{"shell":"x"}},"resources":{},"endpoints":[{"name":"e"}],
              "healthCheck":{"exec":{"command":{"shell":"x"}}}},
             {"name":"a","resources":{},"tty":true,"healthCheck":{"exec":{"command":{"argv":["x"]}}}}]}
            """);
        Assert.Equal(
            ["/secrets", "/containers(1)/tty", "/containers(0)/endpoints(0)/hostPort", "/containers(1)/exec", "/containers",
                "/containers(1)/healthCheck"],
            error.Details.Select(d => d.Path));
    }

    [Theory]
    [InlineData("{}", "/id /containers")]
    [InlineData("""{"id":"p","containers":[]}""", "/containers")]
    [InlineData("""{"id":"p","containers":[{"name":"A"}]}""", "/containers(0)/name /containers(0)/resources")]
    [InlineData("""{"id":"p","scaling":{"kind":"x"},"containers":[{"name":"a","resources":{}}]}""", "/scaling/kind")]
    public void Read_WhatIsNoPod_IsRefusedByTheSchema(string json, string paths)
    {
        var error = Refused(json);
        Assert.Equal(MarathonErrorKind.InvalidJson, error.Kind);
        Assert.Equal(paths.Split(' '), error.Details.Select(d => d.Path));
    }

    [Fact]
    public void Read_UnknownFields_AreNamed_OrRefusedWhenStrict()
    {
        var json = Pod("\"nonsense\":1", "\"more\":1");
        Assert.Equal(["/containers(0)/more", "/nonsense"], Defined(json).UnknownFields.Order(StringComparer.Ordinal));
        using var document = JsonDocument.Parse(json);
        var strict = MarathonPodReader.Read(document.RootElement, new MarathonReading { Mode = MarathonReadMode.Create, Strict = true });
        Assert.IsType<MarathonAppResult.Refused>(strict);
    }

    private static string Pod(string pod, string container) =>
        """{"id":"/p","containers":[{"name":"a","exec":{"command":{"shell":"sleep 1"}},"resources":{}""" + Comma(container) + "}]"
        + Comma(pod) + "}";

    private static string Comma(string fields) => fields.Length == 0 ? fields : "," + fields;

    private static MarathonAppDefinition Defined(string json)
    {
        var result = Read(json);
        Assert.True(result is MarathonAppResult.Defined, (result as MarathonAppResult.Refused)?.Error.ToString());
        return ((MarathonAppResult.Defined)result).App;
    }

    private static MarathonError Refused(string json) => Assert.IsType<MarathonAppResult.Refused>(Read(json)).Error;

    private static MarathonAppResult Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return MarathonPodReader.Read(document.RootElement, new MarathonReading { Mode = MarathonReadMode.Create });
    }
}
