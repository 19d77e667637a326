package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.ProxyLogin;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;

import java.util.List;
import java.util.Optional;

/**
 * The operator's own proxy, through which servers are reached.
 *
 * @param authority where it listens; the operator's word, so that it may be a private address
 * @param login what it asks for
 * @param exempt hosts that are dialled directly
 */
public record UpstreamProxy(
        Authority authority, Optional<ProxyLogin> login, List<HostPattern> exempt) {
    boolean leadsTo(Host host) {
        return exempt.stream().noneMatch(pattern -> pattern.matches(host));
    }
}
