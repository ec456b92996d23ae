using Edge.Mqtt.Broker;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

public sealed class MqttTopicTests
{
    private static readonly string[] s_levels = ["a", "b", "", "$x", "long-level"];
    private static readonly string[] s_filterLevels = [.. s_levels, "+", "+"];

    [Theory]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/#", "sport/a/b", true)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("a/b", "a/b/c", false)]
    public void Matches_AsTheSpecificationSays(string filter, string topic, bool expected) =>
        Assert.Equal(expected, MqttTopics.Matches(filter, topic));

    [Theory]
    [InlineData("a/#", true)]
    [InlineData("#", true)]
    [InlineData("+/a/+", true)]
    [InlineData("a#", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a+/b", false)]
    [InlineData("", false)]
    [InlineData("a\0", false)]
    [InlineData("$share/g/a", true)]
    [InlineData("$share/g/", false)]
    [InlineData("$share//a", false)]
    [InlineData("$share/+/a", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share", false)]
    public void IsValidFilter_AsTheSpecificationSays(string filter, bool expected) =>
        Assert.Equal(expected, MqttTopics.IsValidFilter(filter));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Trie_FindsWhatTheRuleFinds_WhileFiltersComeAndGo(int seed)
    {
        var random = new Random(seed);
        var trie = new TopicTrie();
        var present = new List<Subscription>();
        var core = new BrokerCore(new MqttBrokerOptions(), null);
        var matches = new List<SubscriberList>();
        for (var step = 0; step < 4000; step++)
        {
            if (present.Count > 0 && random.Next(3) == 0)
            {
                var index = random.Next(present.Count);
                trie.Remove(present[index]);
                present.RemoveAt(index);
            }
            else
            {
                var added = new Subscription(new Session(core, $"s{step}"), new MqttTopicFilter(Filter(random)), 0);
                trie.Add(added);
                present.Add(added);
            }

            if (step % 10 == 0)
            {
                var topic = Topic(random, s_levels);
                matches.Clear();
                trie.Match(topic, matches);
                var found = matches.SelectMany(m => m.Items.ToArray()).Select(s => s.Session.ClientId).Order();
                var expected = present.Where(s => MqttTopics.Matches(s.Filter.Topic, topic)).Select(s => s.Session.ClientId).Order();
                Assert.Equal(expected, found);
            }
        }

        present.ForEach(trie.Remove);
        Assert.Equal(0, trie.Count);
        matches.Clear();
        trie.Match("a/b", matches);
        Assert.Empty(matches);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Wheel_FiresEachEntryOnce_NotBeforeItsTime(int seed)
    {
        var random = new Random(seed);
        var wheel = new DeadlineWheel();
        var entries = Enumerable.Range(0, 300).Select(_ => new Entry()).ToArray();
        var now = 0L;
        for (var step = 0; step < 2000; step++)
        {
            var entry = entries[random.Next(entries.Length)];
            if (random.Next(4) == 0)
            {
                wheel.Cancel(entry);
                entry.Due = long.MaxValue;
            }
            else
            {
                entry.Due = now + random.Next(1, 2_000_000);
                wheel.Schedule(entry, entry.Due);
            }

            now += random.Next(3) == 0 ? random.Next(1, 900_000) : random.Next(1, 3000);
            wheel.Advance(now);
            // A deadline is rounded up to the second, so the last one may still be open.
            Assert.DoesNotContain(entries, e => e.Due <= now - 1000);
        }
    }

    private static string Filter(Random random) => random.Next(4) switch
    {
        0 => "#",
        1 => Topic(random, s_filterLevels) + "/#",
        _ => Topic(random, s_filterLevels),
    };

    private static string Topic(Random random, string[] levels)
    {
        var parts = Enumerable.Range(0, random.Next(1, 5)).Select(_ => levels[random.Next(levels.Length)]).ToArray();
        return parts is [""] ? "a" : string.Join('/', parts);
    }

    private sealed class Entry : Timed
    {
        public long Due { get; set; } = long.MaxValue;

        internal override void OnDue(long now)
        {
            Assert.True(Due <= now, $"Due at {Due}, fired at {now}.");
            Due = long.MaxValue;
        }
    }
}
