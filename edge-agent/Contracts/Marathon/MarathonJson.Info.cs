using System.Text.Json;

namespace Edge.Contracts.Marathon;

public static partial class MarathonJson
{
    /// <summary>The answer of GET /v2/info.</summary>
    public static void WriteInfo(Utf8JsonWriter writer, MarathonInfo info)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(info);
        writer.WriteStartObject();
        WriteTexts(writer, ("name", info.Name), ("version", info.Version), ("buildref", info.BuildRef));
        writer.WriteBoolean("elected", info.Elected);
        WriteTexts(writer, ("leader", info.Leader), ("frameworkId", info.FrameworkId));
        writer.WriteStartObject("marathon_config");
        WriteConfigTexts(writer, info.Config);
        WriteConfigNumbers(writer, info.Config);
        writer.WriteEndObject();
        WriteStore(writer, info);
        writer.WriteStartObject("http_config");
        WriteNumbers(writer, ("http_port", info.HttpPort), ("https_port", info.HttpsPort));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The answer of GET /v2/leader.</summary>
    /// <param name="leader">host:port.</param>
    public static void WriteLeader(Utf8JsonWriter writer, string leader) => WriteNamed(writer, "leader", w => w.WriteStringValue(leader));

    private static void WriteConfigTexts(Utf8JsonWriter writer, MarathonConfig config)
    {
        if (!config.AccessControlAllowOrigin.IsEmpty)
        {
            WriteTexts(writer, "access_control_allow_origin", config.AccessControlAllowOrigin);
        }

        WriteTexts(writer, "features", config.Features);
        WriteTexts(
            writer,
            ("default_network_name", config.DefaultNetworkName),
            ("env_vars_prefix", config.EnvVarsPrefix),
            ("executor", config.Executor),
            ("framework_name", config.FrameworkName),
            ("hostname", config.Hostname),
            ("master", config.Master),
            ("mesos_bridge_name", config.MesosBridgeName),
            ("mesos_leader_ui_url", config.MesosLeaderUiUrl),
            ("mesos_role", config.MesosRole),
            ("mesos_user", config.MesosUser),
            ("new_group_enforce_role", config.NewGroupEnforceRole),
            ("webui_url", config.WebuiUrl));
        writer.WriteBoolean("checkpoint", config.Checkpoint);
        writer.WriteBoolean("ha", config.Ha);
        writer.WriteBoolean("maintenance_mode", config.MaintenanceMode);
        writer.WriteBoolean("store_cache", config.StoreCache);
    }

    private static void WriteConfigNumbers(Utf8JsonWriter writer, MarathonConfig config) => WriteNumbers(
        writer,
        ("decline_offer_duration", config.DeclineOfferDuration),
        ("failover_timeout", config.FailoverTimeoutSeconds),
        ("launch_token", config.LaunchToken),
        ("launch_token_refresh_interval", config.LaunchTokenRefreshInterval),
        ("leader_proxy_connection_timeout_ms", config.LeaderProxyConnectionTimeout),
        ("leader_proxy_read_timeout_ms", config.LeaderProxyReadTimeout),
        ("local_port_max", config.LocalPortMax),
        ("local_port_min", config.LocalPortMin),
        ("max_instances_per_offer", config.MaxInstancesPerOffer),
        ("mesos_heartbeat_failure_threshold", config.MesosHeartbeatFailureThreshold),
        ("mesos_heartbeat_interval", config.MesosHeartbeatInterval),
        ("min_revive_offers_interval", config.MinReviveOffersInterval),
        ("offer_matching_timeout", config.OfferMatchingTimeout),
        ("on_elected_prepare_timeout", config.OnElectedPrepareTimeout),
        ("reconciliation_initial_delay", config.ReconciliationInitialDelay),
        ("reconciliation_interval", config.ReconciliationInterval),
        ("scale_apps_initial_delay", config.ScaleAppsInitialDelay),
        ("scale_apps_interval", config.ScaleAppsInterval),
        ("task_launch_confirm_timeout", config.TaskLaunchConfirmTimeout),
        ("task_launch_timeout", config.TaskLaunchTimeout),
        ("task_lost_expunge_initial_delay", config.TaskLostExpungeInitialDelay),
        ("task_lost_expunge_interval", config.TaskLostExpungeInterval),
        ("task_reservation_timeout", config.TaskReservationTimeout));

    // The required keys, with the figures that Marathon starts with: there is no ZooKeeper to have others.
    private static void WriteStore(Utf8JsonWriter writer, MarathonInfo info)
    {
        writer.WriteStartObject("zookeeper_config");
        writer.WriteString("zk", info.Store);
        writer.WriteBoolean("zk_compression", true);
        WriteNumbers(
            writer,
            ("zk_compression_threshold", 64 * 1024),
            ("zk_connection_timeout", 10000),
            ("zk_max_node_size", 1024000),
            ("zk_max_versions", info.MaxVersions),
            ("zk_session_timeout", 10000),
            ("zk_timeout", 10000));
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, params ReadOnlySpan<(string Name, long Value)> numbers)
    {
        foreach (var (name, value) in numbers)
        {
            writer.WriteNumber(name, value);
        }
    }
}
