package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ProxyCredentials;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who sent a CONNECT: by address alone, and with a ticket, whose code is computed each time.
 *
 * <pre>{@code
 * mvn -q -Dmaven.test.skip=true -pl benchmarks -am verify -Dbench.args=IdentifierBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class IdentifierBenchmark {
    private static final IpAddress ADDRESS = IpAddress.parse("172.17.0.2");

    private final Container container =
            new Container(
                    "sandbox-1",
                    ADDRESS,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    Duration.ofHours(24),
                    Map.of("repo", "octo/hello"));
    private final TicketAuthority tickets = tickets();
    private final Identifier identifier =
            new Identifier(new OneContainer(container), tickets, false);
    private final ConnectRequest withoutTicket = connect(Optional.empty());
    private final ConnectRequest withTicket =
            connect(
                    Optional.of(
                            new ProxyCredentials(
                                    container.id(), tickets.issue(container, Instant.EPOCH))));

    private static TicketAuthority tickets() {
        try {
            Path directory = Files.createTempDirectory("identifier-benchmark-");
            Path key = directory.resolve("ticket.key");
            TicketAuthority tickets = TicketAuthority.open(key);
            Files.delete(key);
            Files.delete(directory);
            return tickets;
        } catch (IOException e) {
            throw new IllegalStateException("A ticket key cannot be made", e);
        }
    }

    private static ConnectRequest connect(Optional<ProxyCredentials> credentials) {
        return new ConnectRequest(
                "0000000000000000",
                ADDRESS,
                Authority.parse("api.anthropic.com", 443),
                Headers.empty(),
                credentials);
    }

    /** A registry of one. */
    private record OneContainer(Container container) implements ContainerLookup {
        @Override
        public Finding find(IpAddress address) {
            return address.equals(container.address())
                    ? new Finding.Registered(container)
                    : new Finding.Absent();
        }

        @Override
        public void seen(Container renewed) {
            // The benchmark's time stands still.
        }

        @Override
        public Finding restore(Container claimed, Instant issuedAt) {
            return new Finding.Absent();
        }
    }

    /** By its address. */
    @Benchmark
    public Identification<Container> address() {
        return identifier.identify(withoutTicket);
    }

    /** By its address and its ticket. */
    @Benchmark
    public Identification<Container> ticket() {
        return identifier.identify(withTicket);
    }
}
