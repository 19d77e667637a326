package dev.unifiedproxy.credential;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.identity.IdentifiedRequests;
import dev.unifiedproxy.policy.AuthorizedRequest;
import dev.unifiedproxy.policy.AuthorizedRequests;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Allowed requests of the container {@code sandbox-123}. */
final class Requests {
    private Requests() {}

    /** A request for the URL, whose query may hold anything. */
    static AuthorizedRequest of(Method method, String url, String... fields) {
        URI uri = URI.create(url);
        boolean secure = uri.getScheme().equals("https");
        Authority authority = Authority.parse(uri.getRawAuthority(), secure ? 443 : 80);
        String query = uri.getRawQuery();
        RequestTarget.Origin target =
                new RequestTarget.Origin(
                        NormalPath.parse(uri.getRawPath()),
                        query == null ? "" : query,
                        query != null);
        Headers.Builder headers = new Headers.Builder(8);
        headers.add("Host", authority.hostField(secure));
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        IpAddress source = IpAddress.parse("10.0.0.5");
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r-1",
                        source,
                        authority,
                        secure,
                        new RequestHead(method, target, false, headers.build(), BodyFraming.NONE),
                        Optional.empty());
        Container container =
                new Container(
                        "sandbox-123",
                        source,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        Duration.ZERO,
                        Map.of());
        return AuthorizedRequests.allow(IdentifiedRequests.of(inbound, container));
    }
}
