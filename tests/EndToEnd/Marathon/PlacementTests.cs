namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Constraints, over two nodes: <c>one</c> with rack r1 and level 7, <c>two</c> with rack r2 and level 8.</summary>
[Collection(HubApi.Name)]
public sealed class PlacementTests(HubCluster cluster)
{
    [RequiresNativeFact]
    public Task Operators_PlaceAsMarathonDoes() => cluster.RunAsync(async api =>
    {
        (string Constraint, int Instances, string[] Nodes)[] cases =
        [
            ("""["rack","UNIQUE"]""", 2, ["one", "two"]),
            ("""["rack","CLUSTER","r1"]""", 3, ["one", "one", "one"]),
            ("""["rack","GROUP_BY"]""", 4, ["one", "one", "two", "two"]),
            ("""["rack","GROUP_BY","2"]""", 2, ["one", "two"]),
            ("""["rack","LIKE","r[2-9]"]""", 2, ["two", "two"]),
            ("""["rack","UNLIKE","r[2-9]"]""", 2, ["one", "one"]),
            ("""["none","UNLIKE","x"]""", 2, ["one", "two"]),
            ("""["rack","MAX_PER","1"]""", 2, ["one", "two"]),
            ("""["level","IS","8"]""", 1, ["two"]),
            ("""["@hostname","LIKE",".*"]""", 2, ["one", "two"]),
        ];
        foreach (var (constraint, instances, nodes) in cases)
        {
            var id = MarathonCluster.NewId();
            var more = $"\"instances\":{instances},\"constraints\":[{constraint}]";
            await api.WithAppAsync(id, more, tasks =>
            {
                var used = tasks.Select(t => (string)t["slaveId"]!).Order(StringComparer.Ordinal);
                Assert.Equal($"{constraint}: {string.Join(' ', nodes)}", $"{constraint}: {string.Join(' ', used)}");
                return Task.CompletedTask;
            }, instances);
        }
    });

    [RequiresNativeFact]
    public Task Instances_ThatNoNodeMayHave_Wait() => cluster.RunAsync(async api =>
    {
        foreach (var constraint in new[] { """["rack","UNIQUE"]""", """["rack","MAX_PER","1"]""" })
        {
            var id = MarathonCluster.NewId();
            (await api.PostAsync("/v2/apps", MarathonApi.Body(id, $"\"instances\":3,\"constraints\":[{constraint}]"))).Expect(201);
            var item = await api.QueuedAsync(id, i => (int)i["count"]! == 1);
            Assert.Equal("UnfulfilledConstraint", item["processedOffersSummary"]!["rejectSummaryLastOffers"]!.AsArray()
                .Where(r => (int)r!["declined"]! > 0).Select(r => (string)r!["reason"]!).Single());
            await api.RemoveAsync(id);
        }
    });

    [RequiresNativeFact]
    public Task Constraints_ThatMakeNoSense_AreRefused() => cluster.RunAsync(async api =>
    {
        (string Constraint, string Text)[] cases =
        [
            ("""["rack","UNIQUE","a"]""", "UNIQUE does not accept a value"),
            ("""["rack","MAX_PER","a"]""", "MAX_PER requires an integer value"),
            ("""["rack","GROUP_BY","a"]""", "GROUP BY must define an integer value or else no value at all"),
            ("""["rack","LIKE"]""", "LIKE and UNLIKE require a non-empty, regular expression value"),
            ("""["rack","LIKE","("]""", "is not a valid regular expression"),
            ("""["rack","NEAR","a"]""", "operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS"),
        ];
        foreach (var (constraint, text) in cases)
        {
            var refused = (await api.PostAsync("/v2/apps", MarathonApi.Body("/x", $"\"constraints\":[{constraint}]"))).Expect(422);
            Assert.Contains(refused.Details, d => d.StartsWith("/constraints(0)", StringComparison.Ordinal) && d.Contains(text));
        }
    });
}
