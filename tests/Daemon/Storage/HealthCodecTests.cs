using Edge.Agent.Storage;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using Edge.Daemon.Storage;

namespace Edge.Tests.Daemon.Storage;

/// <summary>What a journal keeps of statuses and of health.</summary>
public sealed class HealthCodecTests
{
    private static readonly StatusUpdate s_status = new()
    {
        Task = new TaskKey(new FrameworkId("f"), new TaskId("t")),
        State = TaskState.Killed,
        Source = StatusSource.Executor,
        Timestamp = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero),
        Container = new ContainerId("c"),
        Uuid = new Guid("11111111-1111-4111-8111-111111111111"),
    };

    [Theory]
    [InlineData(null, null)]
    [InlineData(true, null)]
    [InlineData(false, EndCause.HealthCheck)]
    public void HealthAndCause_AreReadAsWritten(bool? healthy, EndCause? cause)
    {
        var status = s_status with { Healthy = healthy, Cause = cause };
        Assert.Equal([status, s_status], StatusCodec.Read(StatusCodec.Write([status, s_status])).ToArray());
    }

    [Fact]
    public void BytesOfTheFirstLayout_AreStillRead()
    {
        // A journal of before there were health checks: layout 1 ends with the instant of the cut.
        var old = Convert.FromHexString(
            "0101" + "0166" + "0174" + "04" + "02" + "00" + "8080E0B3E4B99403" + "00" + "00" + "010163" + "00"
            + "01" + "11111111111141118111111111111111" + "00");
        var read = Assert.Single(StatusCodec.Read(old));
        Assert.Equal(s_status with { Timestamp = read.Timestamp }, read);
        Assert.Throws<InvalidDataException>(() => StatusCodec.Read([4, 0]));
    }

    [Fact]
    public void Readiness_IsReadAsWritten_AndTheSecondLayoutHasNone()
    {
        foreach (var readiness in (TaskReadiness[])[new(true), new(false), new(false, new ReadinessResponse(503, "text/plain", "b"))])
        {
            var status = s_status with { Readiness = readiness };
            Assert.Equal([status, s_status], StatusCodec.Read(StatusCodec.Write([status, s_status])).ToArray());
        }

        var bytes = StatusCodec.Write([s_status]);
        bytes[0] = 2;
        Assert.Equal(s_status, StatusCodec.ReadOne(bytes));
        bytes = StatusCodec.Write([s_status with { Readiness = new TaskReadiness(true) }]);
        bytes[0] = 2;
        Assert.Throws<InvalidDataException>(() => StatusCodec.Read(bytes));
    }

    [Fact]
    public void Journal_RestoresTheHealthOfATask_FromItsStatuses()
    {
        var folder = Directory.CreateTempSubdirectory("edge-journal-").FullName;
        try
        {
            var spec = new TaskSpec
            {
                Id = new TaskId("t"),
                Name = "t",
                Node = new NodeId("n"),
                Resources = ResourceSet.Empty,
                Wire = new byte[] { 1 },
            };
            var running = s_status with { State = TaskState.Running, Healthy = false, Readiness = new TaskReadiness(true) };
            var task = new ClusterTask
            {
                Key = s_status.Task,
                Spec = spec,
                Node = new NodeId("n"),
                Container = new ContainerId("c"),
                Executor = new ExecutorId("t"),
                Resources = ResourceSet.Empty,
                Role = "*",
                User = "root",
                Observed = ObservedState.Running,
                Latest = running,
                History = [running],
                Health = new TaskHealth { Healthy = false, ConsecutiveFailures = 2 },
                LaunchedAt = DateTimeOffset.UnixEpoch,
            };
            var opened = JournalFile.Open(
                Path.Combine(folder, "j.db"), SqliteDriver.Connect, new JournalDecoders(_ => spec, FrameworkMapping.FromWire),
                DateTimeOffset.UnixEpoch);
            using var journal = opened.Journal;
            Assert.Null(journal.Commit([new RowChange.TaskRow(task.Key, task)]));
            var read = Assert.Single(journal.Load().Tasks);
            Assert.Equal((running, TaskHealth.Told(null, running)), (read.Latest, read.Health));
            Assert.Equal(new TaskReadiness(true), read.Readiness);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
