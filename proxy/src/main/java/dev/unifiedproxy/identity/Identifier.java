package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.container.ContainerLookup.Finding;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.ProxyCredentials;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.identity.Identification.Identified;
import dev.unifiedproxy.identity.Identification.Unidentified;

import java.util.List;
import java.util.Optional;

/**
 * Finds the container that a request comes from: by the source address of its connection, checked
 * against {@code X-Container-Id} and the ticket where the client sent them. Neither grants
 * anything, with one exception: an authentic ticket for the very source address registers a
 * container again that the registry has lost.
 *
 * <p>In memory and never blocking. Identified traffic renews the registration.
 */
public final class Identifier {
    private static final String CONTAINER_ID_FIELD = "x-container-id";
    private static final int MAX_LOGGED = 128;

    private final ContainerLookup lookup;
    private final TicketAuthority tickets;
    private final boolean ticketRequired;

    /**
     * An identifier.
     *
     * @param lookup who is registered
     * @param tickets which tickets are authentic
     * @param ticketRequired whether an address without a ticket is not enough
     */
    public Identifier(ContainerLookup lookup, TicketAuthority tickets, boolean ticketRequired) {
        this.lookup = lookup;
        this.tickets = tickets;
        this.ticketRequired = ticketRequired;
    }

    /** Identifies a request that stands for itself. */
    public Identification<IdentifiedRequest> identify(InboundRequest request) {
        return secondStage(
                request,
                resolve(request.source(), request.head().headers(), request.proxyCredentials()));
    }

    /**
     * Identifies a request inside a tunnel, whose container must be the one that opened it.
     *
     * @param request the request
     * @param opener who the CONNECT was identified as; the registration may have been renewed or
     *     changed since, its id may not
     */
    public Identification<IdentifiedRequest> identify(InboundRequest request, Container opener) {
        if (lookup.find(request.source()) instanceof Finding.Registered(Container container)
                && container.id().equals(opener.id())) {
            // what the CONNECT presented was checked then, for this container
            return secondStage(request, checkName(container, request.head().headers()));
        }
        return secondStage(
                request,
                switch (resolve(
                        request.source(), request.head().headers(), request.proxyCredentials())) {
                    case Identified<Container>(Container now) when !now.id().equals(opener.id()) ->
                            refuse(
                                    ErrorCode.CONTAINER_MISMATCH,
                                    "Container changed inside a tunnel: opened="
                                            + opener.id()
                                            + ", registered="
                                            + now.id());
                    case Identified<Container> same -> same;
                    case Unidentified<Container> nobody -> nobody;
                });
    }

    /** Identifies the caller of a CONNECT. */
    public Identification<Container> identify(ConnectRequest request) {
        return resolve(request.source(), request.headers(), request.proxyCredentials());
    }

    /**
     * Identifies the caller of a request that names no destination.
     *
     * @throws RefusedException when its {@code Proxy-Authorization} cannot be read
     */
    public Identification<Container> identify(IpAddress source, RequestHead head) {
        return resolve(source, head.headers(), ProxyCredentials.of(head));
    }

    /** Whether the container is registered at its address at this moment. */
    public boolean isCurrent(Container container) {
        return lookup.find(container.address()) instanceof Finding.Registered(Container now)
                && now.id().equals(container.id());
    }

    private static Identification<IdentifiedRequest> secondStage(
            InboundRequest request, Identification<Container> caller) {
        return switch (caller) {
            case Identified<Container>(Container container) ->
                    new Identified<>(new IdentifiedRequest(request, container));
            case Unidentified<Container>(Refusal refusal) -> new Unidentified<>(refusal);
        };
    }

    private Identification<Container> resolve(
            IpAddress source, Headers headers, Optional<ProxyCredentials> credentials) {
        Optional<Ticket> ticket = credentials.flatMap(presented -> match(presented, source));
        boolean ticketRefused = credentials.isPresent() && ticket.isEmpty();
        return switch (lookup.find(source)) {
            case Finding.Registered(Container container) ->
                    ticketRefused
                            ? refuse(
                                    ErrorCode.TICKET_INVALID,
                                    "Ticket refused: presented by "
                                            + source.text()
                                            + ", registered="
                                            + container.id()
                                            + " (expected: an authentic ticket of this container"
                                            + " and address, with the container id as user)")
                            : check(container, headers, ticket);
            case Finding.Expired(String id) ->
                    restore(
                            ticket,
                            headers,
                            ticketRefused,
                            "Expired registration for container " + id);
            case Finding.Absent() ->
                    restore(ticket, headers, ticketRefused, "Unknown source IP: " + source.text());
        };
    }

    /** The ticket, when it is authentic, its user's own, and issued for the source address. */
    private Optional<Ticket> match(ProxyCredentials presented, IpAddress source) {
        return tickets.verify(presented.password())
                .filter(ticket -> ticket.claimed().id().equals(presented.user()))
                .filter(ticket -> ticket.claimed().address().equals(source));
    }

    private Identification<Container> restore(
            Optional<Ticket> ticket, Headers headers, boolean ticketRefused, String reason) {
        if (ticketRefused) {
            return refuse(
                    ErrorCode.TICKET_INVALID,
                    reason + "; the ticket presented is not an authentic one for this address");
        }
        if (ticket.isEmpty()) {
            return refuse(ErrorCode.UNKNOWN_CONTAINER, reason);
        }
        Ticket authentic = ticket.get();
        return switch (lookup.restore(authentic.claimed(), authentic.issuedAt())) {
            case Finding.Registered(Container container) -> check(container, headers, ticket);
            case Finding.Expired _, Finding.Absent _ ->
                    refuse(
                            ErrorCode.UNKNOWN_CONTAINER,
                            reason
                                    + "; the ticket presented for container "
                                    + authentic.claimed().id()
                                    + " was revoked or superseded, or its id is in use");
        };
    }

    private Identification<Container> check(
            Container container, Headers headers, Optional<Ticket> ticket) {
        if (ticket.isPresent() && !ticket.get().claimed().id().equals(container.id())) {
            return refuse(
                    ErrorCode.TICKET_INVALID,
                    "Ticket mismatch: ticket="
                            + ticket.get().claimed().id()
                            + ", registered="
                            + container.id());
        }
        if (ticketRequired && ticket.isEmpty()) {
            return refuse(
                    ErrorCode.TICKET_INVALID,
                    "Ticket missing: registered="
                            + container.id()
                            + " (expected: Proxy-Authorization with the container's ticket)");
        }
        return checkName(container, headers);
    }

    private Identification<Container> checkName(Container container, Headers headers) {
        List<String> named = headers.all(CONTAINER_ID_FIELD);
        if (!named.isEmpty() && !named.equals(List.of(container.id()))) {
            return refuse(
                    ErrorCode.CONTAINER_MISMATCH,
                    "Container ID mismatch: header="
                            + printable(String.join(", ", named))
                            + ", registered="
                            + container.id());
        }
        lookup.seen(container);
        return new Identified<>(container);
    }

    private static Identification<Container> refuse(ErrorCode code, String detail) {
        return new Unidentified<>(Refusal.of(code, detail));
    }

    /** Printable ASCII only and cut, so that a client cannot write log lines. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_LOGGED); i++) {
            char c = text.charAt(i);
            out.append(c < 0x20 || c > 0x7e ? '?' : c);
        }
        return out.toString();
    }
}
