using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>Statuses between node and hub.</summary>
public sealed class SyncStatusTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(true, null)]
    [InlineData(false, EndCause.HealthCheck)]
    public void HealthAndCause_TravelAsTheyAre(bool? healthy, EndCause? cause)
    {
        var status = new StatusUpdate
        {
            Task = new TaskKey(new FrameworkId("f"), new TaskId("t")),
            State = TaskState.Running,
            Source = StatusSource.Executor,
            Reason = StatusReason.TaskHealthCheckStatusUpdated,
            Timestamp = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero),
            Executor = new ExecutorId("t"),
            Container = new ContainerId("11111111-1111-4111-8111-111111111111"),
            Uuid = new Guid("22222222-2222-4222-8222-222222222222"),
            Healthy = healthy,
            Cause = cause,
        };
        var read = SyncTaskMapping.FromWire(SyncTaskMapping.ToWire(status));
        Assert.Equal(status, read);
        Assert.Equal((healthy is not null, healthy ?? false), (Wire(read).HasHealthy, Wire(read).Healthy));
    }

    [Fact]
    public void Readiness_TravelsAsItIs_AndWhatIsTooLongIsCut()
    {
        var status = new StatusUpdate
        {
            Task = new TaskKey(new FrameworkId("f"), new TaskId("t")),
            State = TaskState.Running,
            Source = StatusSource.Executor,
            Reason = StatusReason.TaskCheckStatusUpdated,
            Timestamp = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero),
            Executor = new ExecutorId("t"),
            Readiness = new TaskReadiness(false, new ReadinessResponse(503, "text/plain", "b")),
        };
        Assert.Equal(status, SyncTaskMapping.FromWire(SyncTaskMapping.ToWire(status)));
        status = status with { Readiness = new TaskReadiness(true) };
        Assert.Equal(status, SyncTaskMapping.FromWire(SyncTaskMapping.ToWire(status)));
        var wire = SyncTaskMapping.ToWire(status);
        wire.Readiness.Response = new Edge.Contracts.Sync.ReadinessResponse { Body = new string('b', 99_999) };
        Assert.Equal(ReadinessResponse.BodyMax, SyncTaskMapping.FromWire(wire).Readiness!.Response!.Body.Length);
    }

    [Fact]
    public void CauseOfANewerNode_IsLeftOut()
    {
        var wire = new Edge.Contracts.Sync.Status { FrameworkId = "f", TaskId = "t", State = 1, EndCause = 77 };
        Assert.Null(SyncTaskMapping.FromWire(wire).Cause);
    }

    private static Edge.Contracts.Mesos.TaskStatus Wire(StatusUpdate update) => StatusMapping.ToWire(update);
}
