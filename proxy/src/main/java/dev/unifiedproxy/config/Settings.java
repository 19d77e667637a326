package dev.unifiedproxy.config;

import dev.unifiedproxy.credential.ClientCertificate;
import dev.unifiedproxy.github.GithubSettings;
import dev.unifiedproxy.host.Cidr;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.policy.PassThroughList;
import dev.unifiedproxy.upstream.UpstreamProxy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All settings of a start, checked.
 *
 * @param places directories and files
 * @param listeners where the proxy listens, and for whom
 * @param policy what decides
 * @param upstream how destinations are reached
 * @param traffic bounds
 * @param logging what the log looks like
 */
public record Settings(
        Places places,
        Listeners listeners,
        PolicySource policy,
        Upstream upstream,
        Traffic traffic,
        Logging logging) {

    /**
     * Directories and files.
     *
     * @param runDirectory marker, socket, {@code ports.json}
     * @param stateDirectory registry, CA key, ticket key, audit
     * @param certificatesDirectory what sandboxes may see
     * @param configDirectory {@code allowlist.conf}, {@code policy.yaml}
     * @param registryDatabase the SQLite file
     * @param laptopDirectory the directory under the user's home that holds all of them, when the
     *     usual places are not writable and none was set
     */
    public record Places(
            Path runDirectory,
            Path stateDirectory,
            Path certificatesDirectory,
            Path configDirectory,
            Path registryDatabase,
            Optional<Path> laptopDirectory) {}

    /**
     * An address and a port.
     *
     * @param address the address
     * @param port 0 to 65535; 0 means any free one, for listeners only
     */
    public record Endpoint(IpAddress address, int port) {
        @Override
        public String toString() {
            return (address.isV4() ? address.text() : "[" + address.text() + "]") + ":" + port;
        }
    }

    /**
     * Where the proxy listens, and for whom.
     *
     * @param proxy the forward proxy
     * @param dns the DNS filter; empty when it is off
     * @param metrics the metrics
     * @param metricsNetworks who besides loopback may see the series of all sandboxes
     * @param control the control API
     * @param ticket whether a caller needs one
     */
    public record Listeners(
            Endpoint proxy,
            Optional<Endpoint> dns,
            Endpoint metrics,
            List<Cidr> metricsNetworks,
            Control control,
            TicketUse ticket) {
        /** The control API's socket. */
        public Path controlSocket() {
            return control.socket();
        }
    }

    /**
     * The control API.
     *
     * @param socket its unix socket
     * @param requests how many requests one user may send at once, and in each window
     * @param window the time in which that many more may follow
     */
    public record Control(Path socket, int requests, Duration window) {}

    /** Whether the source address alone identifies a caller. */
    public enum TicketUse {
        /** It does. */
        OPTIONAL,
        /** It does not; a valid ticket must come with it. */
        REQUIRED
    }

    /**
     * What decides.
     *
     * @param allowlist an allowlist at another place than the configuration directory
     * @param extra a file whose rules are added
     * @param rules {@code policy.yaml} at another place than the configuration directory
     * @param passThrough hosts whose TLS is not ended here
     * @param github what the rules about GitHub need to know
     */
    public record PolicySource(
            Optional<Path> allowlist,
            Optional<Path> extra,
            Optional<Path> rules,
            PassThroughList passThrough,
            GithubSettings github) {}

    /**
     * How destinations are reached.
     *
     * @param hosts names with the addresses that the operator gave them
     * @param resolvers DNS servers in their order; empty means the system's
     * @param authorities a PEM file of further roots
     * @param clientCertificates what is shown to servers that ask for a certificate
     * @param connectTimeout until a connection stands
     * @param silenceTimeout the longest silence of a server that owes an answer
     * @param maxConnections to all servers together
     * @param proxy the operator's own proxy, when servers are reached through one
     */
    public record Upstream(
            Map<Hostname, List<PinnedAddress>> hosts,
            List<Endpoint> resolvers,
            Optional<Path> authorities,
            Map<Host, ClientCertificate> clientCertificates,
            Duration connectTimeout,
            Duration silenceTimeout,
            int maxConnections,
            Optional<UpstreamProxy> proxy) {}

    /**
     * Bounds.
     *
     * @param headTimeout the longest time for a request's head
     * @param idleTimeout the longest time between two requests of a connection
     * @param drainTime how long exchanges may go on after a stop was asked for
     * @param maxConnections of all clients
     * @param maxConnectionsPerContainer of one
     * @param engine what moves the bytes
     */
    public record Traffic(
            Duration headTimeout,
            Duration idleTimeout,
            Duration drainTime,
            int maxConnections,
            int maxConnectionsPerContainer,
            Engine engine) {}

    /**
     * What moves the bytes.
     *
     * @param eventLoops how many; 0 means one for each core
     * @param tls which TLS implementation
     * @param transport which sockets
     */
    public record Engine(int eventLoops, Provider tls, Provider transport) {}

    /** Native code or the JDK's. */
    public enum Provider {
        /** Native where it loads. */
        AUTO,
        /** Native, or no start. */
        NATIVE,
        /** The JDK's. */
        JDK
    }

    /**
     * What the log looks like.
     *
     * @param level the least level that is written
     * @param format the form of a line
     * @param timestamp whether a line has the time
     * @param location whether a line has the place in the code
     */
    public record Logging(LogLevel level, LogFormat format, boolean timestamp, boolean location) {}

    /** Levels of the log. */
    public enum LogLevel {
        /** Everything. */
        DEBUG,
        /** What an operator wants to see. */
        INFO,
        /** Refusals and what may need attention. */
        WARN,
        /** What does need it. */
        ERROR
    }

    /** Forms of a log line. */
    public enum LogFormat {
        /** One JSON object. */
        JSON,
        /** Text for people. */
        TEXT
    }

    /**
     * Reads the settings: flags win over the environment, both over the defaults; an empty value
     * counts as absent.
     *
     * @param flags values from the command line under the names of the variables
     * @param home the user's home directory
     * @param writable whether a directory can be written to, or made
     * @throws ConfigurationException with everything that is wrong
     */
    public static Settings load(
            Map<String, String> environment,
            Map<String, String> flags,
            Path home,
            Predicate<Path> writable) {
        return SettingsAssembly.read(environment, flags, home, writable);
    }
}
