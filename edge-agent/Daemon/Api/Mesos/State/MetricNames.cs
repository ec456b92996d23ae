namespace Edge.Daemon.Api.Mesos.State;

/// <summary>Names of metrics that monitoring programs expect to find, whatever their value.</summary>
/// <remarks>A reader drops a whole group when one of its names is missing; what this cluster does not count is 0.
/// Source: Mesos docs/monitoring.md; the names that exporters read.</remarks>
internal static class MetricNames
{
    /// <summary>Percentiles that stand beside a histogram.</summary>
    private static readonly string[] s_percentiles = ["count", "max", "min", "p50", "p90", "p95", "p99", "p999", "p9999"];

    /// <summary>Of a master.</summary>
    public static IReadOnlyList<string> Master { get; } =
    [
        .. Split("master/", """
            cpus_percent cpus_revocable_percent cpus_revocable_total cpus_revocable_used cpus_total cpus_used
            disk_percent disk_revocable_percent disk_revocable_total disk_revocable_used disk_total disk_used
            gpus_percent gpus_revocable_percent gpus_revocable_total gpus_revocable_used gpus_total gpus_used
            mem_percent mem_revocable_percent mem_revocable_total mem_revocable_used mem_total mem_used
            dropped_messages elected uptime_secs outstanding_offers
            event_queue_dispatches event_queue_http_requests event_queue_messages
            frameworks_active frameworks_connected frameworks_disconnected frameworks_inactive
            invalid_executor_to_framework_messages invalid_framework_to_executor_messages invalid_operation_status_update_acknowledgements
            invalid_status_update_acknowledgements invalid_status_updates
            messages_authenticate messages_deactivate_framework messages_decline_offers messages_executor_to_framework
            messages_exited_executor messages_framework_to_executor messages_kill_task messages_launch_tasks
            messages_operation_status_update_acknowledgement messages_reconcile_operations messages_reconcile_tasks
            messages_register_framework messages_register_slave messages_reregister_framework messages_reregister_slave
            messages_resource_request messages_revive_offers messages_status_update messages_status_update_acknowledgement
            messages_suppress_offers messages_unregister_framework messages_unregister_slave messages_update_slave
            recovery_slave_removals slave_registrations slave_removals slave_removals/reason_registered slave_removals/reason_unhealthy
            slave_removals/reason_unregistered slave_reregistrations slave_shutdowns_canceled slave_shutdowns_completed
            slave_shutdowns_scheduled slave_unreachable_canceled slave_unreachable_completed slave_unreachable_scheduled
            slaves_active slaves_connected slaves_disconnected slaves_inactive slaves_unreachable
            tasks_dropped tasks_error tasks_failed tasks_finished tasks_gone tasks_gone_by_operator tasks_killed tasks_killing
            tasks_lost tasks_running tasks_staging tasks_starting tasks_unreachable
            valid_executor_to_framework_messages valid_framework_to_executor_messages valid_operation_status_update_acknowledgements
            valid_status_update_acknowledgements valid_status_updates
            """),
        .. Split("allocator/", """
            event_queue_dispatches mesos/allocation_runs mesos/event_queue_dispatches
            mesos/resources/cpus/offered_or_allocated mesos/resources/cpus/total mesos/resources/disk/offered_or_allocated
            mesos/resources/disk/total mesos/resources/mem/offered_or_allocated mesos/resources/mem/total
            """),
        .. Histogram("allocator/mesos/allocation_run_ms"),
        .. Histogram("allocator/mesos/allocation_run_latency_ms"),
        .. Split("registrar/", "log/ensemble_size log/recovered queued_operations registry_size_bytes state_fetch_ms"),
        .. Histogram("registrar/state_store_ms"),
        .. System,
    ];

    /// <summary>Of an agent.</summary>
    public static IReadOnlyList<string> Agent { get; } =
    [
        .. Split("slave/", """
            container_launch_errors executor_directory_max_allowed_age_secs executors_preempted executors_registering executors_running
            executors_terminated executors_terminating frameworks_active invalid_framework_messages invalid_status_updates
            cpus_percent cpus_revocable_percent cpus_revocable_total cpus_revocable_used cpus_total cpus_used
            disk_percent disk_revocable_percent disk_revocable_total disk_revocable_used disk_total disk_used
            gpus_percent gpus_revocable_percent gpus_revocable_total gpus_revocable_used gpus_total gpus_used
            mem_percent mem_revocable_percent mem_revocable_total mem_revocable_used mem_total mem_used
            recovery_errors recovery_time_secs registered tasks_error tasks_failed tasks_finished tasks_gone tasks_killed tasks_killing
            tasks_lost tasks_running tasks_staging tasks_starting uptime_seconds uptime_secs valid_framework_messages valid_status_updates
            """),
        .. Split("containerizer/", """
            fetcher/cache_size_total_bytes fetcher/cache_size_used_bytes fetcher/task_fetches_failed fetcher/task_fetches_succeeded
            mesos/container_destroy_errors mesos/disk/project_ids_free mesos/disk/project_ids_total
            mesos/filesystem/containers_new_rootfs mesos/provisioner/bind/remove_rootfs_errors
            mesos/provisioner/remove_container_errors
            """),
        .. System,
    ];

    /// <summary>Of the machine.</summary>
    private static IEnumerable<string> System =>
        Split("system/", "cpus_total load_1min load_5min load_15min mem_free_bytes mem_total_bytes");

    private static IEnumerable<string> Split(string prefix, string names) =>
        names.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(name => prefix + name);

    private static IEnumerable<string> Histogram(string name) => s_percentiles.Select(part => $"{name}/{part}").Prepend(name);
}
