package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is said of hosts, by pattern; immutable.
 *
 * <p>A trie over labels, laid flat: each node is a name that some pattern has, found by the hash of
 * its characters from the last to the first. One walk over a name from its end meets the hash of
 * every domain above it, so a lookup reads each character once, makes one probe for each label and
 * no copy, however many patterns there are. A trie of linked nodes would probe as often, and hold a
 * map for each node.
 */
final class HostTable<T> {
    private static final int MULTIPLIER = 0x9E3779B1;

    /** A name, and what is said of it and of all names below it. */
    private static final class Node<T> {
        private final String name;
        private final int hash;
        private @Nullable T exact;
        private @Nullable T subtree;

        Node(String name, int hash) {
            this.name = name;
            this.hash = hash;
        }
    }

    private final List<@Nullable Node<T>> slots;
    private final Map<IpAddress, T> addresses;
    private final int size;

    /** A table of what the map says of its patterns. */
    HostTable(Map<HostPattern, T> byPattern) {
        int capacity = Integer.highestOneBit(Math.max(2, byPattern.size())) << 2;
        slots = new ArrayList<>(capacity);
        for (int i = 0; i < capacity; i++) {
            slots.add(null);
        }
        addresses = new HashMap<>();
        size = byPattern.size();
        byPattern.forEach(
                (pattern, value) -> {
                    switch (pattern) {
                        case HostPattern.Exact(Hostname name) -> node(name.text()).exact = value;
                        case HostPattern.Subtree(Hostname base) ->
                                node(base.text()).subtree = value;
                        case HostPattern.Address(IpAddress address) ->
                                addresses.put(address, value);
                    }
                });
    }

    private Node<T> node(String name) {
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            hash = next(hash, name.charAt(i));
        }
        int slot = slotOf(name, 0, hash);
        Node<T> known = slots.get(slot);
        if (known != null) {
            return known;
        }
        Node<T> added = new Node<>(name, hash);
        slots.set(slot, added);
        return added;
    }

    /** How many patterns it holds. */
    int size() {
        return size;
    }

    /**
     * Puts what is said of the host at the front of the list: the host itself first, then its
     * domains from the innermost out.
     */
    void find(Host host, List<T> into) {
        switch (host) {
            case IpAddress address -> addIfPresent(addresses.get(address), into);
            case Hostname name -> find(name.text(), into);
        }
    }

    private void find(String name, List<T> into) {
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            if (c == '.') {
                Node<T> domain = slots.get(slotOf(name, i + 1, hash));
                if (domain != null) {
                    addIfPresent(domain.subtree, into);
                }
            }
            hash = next(hash, c);
        }
        Node<T> whole = slots.get(slotOf(name, 0, hash));
        if (whole != null) {
            addIfPresent(whole.subtree, into);
            addIfPresent(whole.exact, into);
        }
    }

    private static int next(int hash, char c) {
        return hash * 31 + c;
    }

    /** Where the end of the name from there on stands, or would. */
    private int slotOf(String name, int from, int hash) {
        int mask = slots.size() - 1;
        int slot = ((hash * MULTIPLIER) >>> 7) & mask;
        for (Node<T> node = slots.get(slot); node != null; node = slots.get(slot)) {
            if (node.hash == hash
                    && node.name.length() == name.length() - from
                    && name.startsWith(node.name, from)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static <T> void addIfPresent(@Nullable T value, List<T> into) {
        if (value != null) {
            into.addFirst(value);
        }
    }
}
