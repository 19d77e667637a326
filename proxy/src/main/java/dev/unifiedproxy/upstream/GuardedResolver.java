package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.AddressGuard;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.transport.Transport;

import io.netty.channel.EventLoop;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names to addresses that may be dialled.
 *
 * <p>The operator's hosts file comes first and may name private addresses. For every other name
 * <em>all</em> answers are checked, and one that may not be dialled refuses the name: a mixed
 * answer is a rebinding attack or a mistake. The addresses that were checked are the ones returned
 * for dialling; nothing resolves again. The proxy's own listeners are never a destination.
 */
public final class GuardedResolver {
    private static final int MAX_CACHE_SECONDS = 300;
    private static final int NEGATIVE_CACHE_SECONDS = 5;
    private static final int QUERY_TIMEOUT_MILLIS = 5_000;

    private final Map<Hostname, List<PinnedAddress>> hosts;
    private final AddressGuard guard;
    private final Set<IpAddress> ownAddresses;
    private final Set<Integer> ownPorts = ConcurrentHashMap.newKeySet();
    private final Transport transport;
    private final DnsServerAddressStreamProvider servers;
    private final DefaultDnsCache cache =
            new DefaultDnsCache(0, MAX_CACHE_SECONDS, NEGATIVE_CACHE_SECONDS);
    private final Map<EventLoop, DnsNameResolver> resolvers = new ConcurrentHashMap<>();

    /**
     * A resolver.
     *
     * @param hosts names of the operator's hosts file
     * @param dnsServers resolvers to ask; empty for those of the system
     * @param ownAddresses addresses of this host's interfaces
     * @param transport which sockets to use
     */
    public GuardedResolver(
            Map<Hostname, List<PinnedAddress>> hosts,
            List<InetSocketAddress> dnsServers,
            List<IpAddress> ownAddresses,
            Transport transport) {
        this.hosts = Map.copyOf(hosts);
        this.guard = new AddressGuard(ownAddresses);
        this.ownAddresses = Set.copyOf(ownAddresses);
        this.transport = transport;
        this.servers =
                dnsServers.isEmpty()
                        ? DnsServerAddressStreamProviders.platformDefault()
                        : new SequentialDnsServerAddressStreamProvider(dnsServers);
    }

    /** A port on which this process listens; no request may lead there. */
    public void addOwnPort(int port) {
        ownPorts.add(port);
    }

    /**
     * The addresses to dial for an authority, in order.
     *
     * @param addressNamed whether a rule names the destination's address, so that the guard does
     *     not apply
     * @return fails with {@link RefusedException} when there is none or one may not be dialled
     */
    public Future<List<InetSocketAddress>> resolve(
            Authority authority, boolean addressNamed, EventLoop loop) {
        return switch (authority.host()) {
            case IpAddress address ->
                    settle(loop, () -> literal(address, authority.port(), addressNamed));
            case Hostname name -> {
                List<PinnedAddress> written = hosts.get(name);
                yield written != null
                        ? settle(loop, () -> pinned(written, authority.port()))
                        : lookUp(
                                name, loop, found -> guarded(name.text(), found, authority.port()));
            }
        };
    }

    /**
     * The addresses of what the operator itself named as a way to servers; they may be private.
     * Only this proxy's own listeners are refused.
     */
    Future<List<InetSocketAddress>> resolveOperators(Authority authority, EventLoop loop) {
        Judgement judgement = found -> notOurselves(found, authority.port());
        return switch (authority.host()) {
            case IpAddress address -> settle(loop, () -> judgement.of(List.of(address)));
            case Hostname name -> {
                List<PinnedAddress> written = hosts.get(name);
                yield written != null
                        ? settle(loop, () -> pinned(written, authority.port()))
                        : lookUp(name, loop, judgement);
            }
        };
    }

    /**
     * What another proxy, which resolves for itself, is asked to connect to. What can be seen here
     * is judged as ever: an address, and a name that resolves. A name that does not resolve here is
     * passed on, since often only the other proxy can resolve; an address of the operator's hosts
     * file stands for its name.
     *
     * @return fails with {@link RefusedException} for what may not be reached
     */
    Future<Authority> judge(Authority authority, boolean addressNamed, EventLoop loop) {
        Promise<Authority> result = loop.newPromise();
        resolve(authority, addressNamed, loop)
                .addListener(
                        (Future<List<InetSocketAddress>> resolved) -> {
                            if (resolved.isSuccess() || unresolved(resolved.cause())) {
                                result.setSuccess(asWritten(authority));
                            } else {
                                result.setFailure(resolved.cause());
                            }
                        });
        return result;
    }

    private static boolean unresolved(Throwable cause) {
        return cause instanceof RefusedException refused
                && refused.refusal().code() == ErrorCode.DNS_FAILED;
    }

    private Authority asWritten(Authority authority) {
        List<PinnedAddress> written =
                authority.host() instanceof Hostname name
                        ? hosts.getOrDefault(name, List.of())
                        : List.of();
        if (written.isEmpty()) {
            return authority;
        }
        PinnedAddress first = written.getFirst();
        return new Authority(first.address(), first.portOr(authority.port()));
    }

    private interface Judgement {
        List<InetSocketAddress> of(List<IpAddress> found);
    }

    private interface Choice {
        List<InetSocketAddress> make();
    }

    private static Future<List<InetSocketAddress>> settle(EventLoop loop, Choice choice) {
        try {
            return loop.newSucceededFuture(choice.make());
        } catch (RefusedException e) {
            return loop.newFailedFuture(e);
        }
    }

    private List<InetSocketAddress> literal(IpAddress address, int port, boolean addressNamed) {
        return addressNamed
                ? notOurselves(List.of(address), port)
                : guarded(address.text(), List.of(address), port);
    }

    private Future<List<InetSocketAddress>> lookUp(
            Hostname name, EventLoop loop, Judgement judgement) {
        Promise<List<InetSocketAddress>> result = loop.newPromise();
        resolvers
                .computeIfAbsent(loop, this::newResolver)
                .resolveAll(name.text() + ".")
                .addListener(
                        (Future<List<InetAddress>> answers) -> {
                            if (!answers.isSuccess()) {
                                result.setFailure(
                                        new RefusedException(
                                                ErrorCode.DNS_FAILED,
                                                "The name " + name + " does not resolve"));
                                return;
                            }
                            List<IpAddress> addresses = new ArrayList<>();
                            answers.getNow().forEach(answer -> addresses.add(IpAddress.of(answer)));
                            try {
                                result.setSuccess(judgement.of(addresses));
                            } catch (RefusedException e) {
                                result.setFailure(e);
                            }
                        });
        return result;
    }

    private List<InetSocketAddress> guarded(String name, List<IpAddress> addresses, int port) {
        for (IpAddress address : addresses) {
            Optional<String> objection = guard.objection(address);
            if (objection.isPresent()) {
                throw new RefusedException(
                        ErrorCode.ADDRESS_FORBIDDEN,
                        name + " resolves to " + address + ", which is " + objection.get());
            }
        }
        return notOurselves(addresses, port);
    }

    private List<InetSocketAddress> notOurselves(List<IpAddress> addresses, int port) {
        return addresses.stream().map(address -> notOurselves(address, port)).toList();
    }

    private List<InetSocketAddress> pinned(List<PinnedAddress> written, int port) {
        return written.stream()
                .map(pinned -> notOurselves(pinned.address(), pinned.portOr(port)))
                .toList();
    }

    private InetSocketAddress notOurselves(IpAddress address, int port) {
        if (ownPorts.contains(port) && (address.isLoopback() || ownAddresses.contains(address))) {
            throw new RefusedException(
                    ErrorCode.ADDRESS_FORBIDDEN,
                    "Port " + port + " of " + address + " is this proxy");
        }
        return new InetSocketAddress(address.toInetAddress(), port);
    }

    private DnsNameResolver newResolver(EventLoop loop) {
        return new DnsNameResolverBuilder(loop)
                .datagramChannelType(transport.datagramChannel())
                .socketChannelType(transport.channel())
                .nameServerProvider(servers)
                .resolveCache(cache)
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .hostsFileEntriesResolver(NO_HOSTS_FILE)
                .searchDomains(List.of())
                .ndots(1)
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .maxQueriesPerResolve(8)
                .build();
    }

    /** The system's hosts file is the host's business; only the operator's own file counts. */
    private static final HostsFileEntriesResolver NO_HOSTS_FILE = new NoHostsFile();

    private static final class NoHostsFile implements HostsFileEntriesResolver {
        @Override
        @SuppressWarnings("NullAway") // the interface of Netty says null for "not listed"
        public InetAddress address(String name, ResolvedAddressTypes types) {
            return null;
        }
    }
}
