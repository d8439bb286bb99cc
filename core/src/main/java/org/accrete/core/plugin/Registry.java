package org.accrete.core.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.param.ParamSpec;

/**
 * The plug-ins of one kind, by name. Immutable.
 *
 * @param <P> the kind
 */
public final class Registry<P extends Provider> {
    private final String noun;
    private final SortedMap<String, List<P>> byName = new TreeMap<>();
    private final List<BrokenPlugIn> broken;

    /**
     * Makes a registry.
     *
     * @param noun what messages call one of them
     * @param providers usable ones; two may have the same name
     * @param broken the others
     */
    Registry(String noun, List<P> providers, List<BrokenPlugIn> broken) {
        this.noun = noun;
        for (P provider : providers) {
            byName.computeIfAbsent(provider.name(), name -> new ArrayList<>()).add(provider);
        }
        List<BrokenPlugIn> unusable = new ArrayList<>(broken);
        byName.forEach((name, named) -> {
            if (named.size() > 1) {
                unusable.add(new BrokenPlugIn(name, ambiguous(named)));
            }
        });
        this.broken = List.copyOf(unusable);
    }

    /**
     * {@return the plug-in of a name}
     *
     * @param name its name; underscores are read as hyphens
     * @throws AccreteException unknown plug-in: there is none, and the message suggests the nearest; or there are two
     */
    public P find(String name) {
        List<P> found = byName.getOrDefault(ParamSpec.word(name), List.of());
        if (found.size() == 1) {
            return found.get(0);
        }
        throw new AccreteException(
                AccreteException.Kind.UNKNOWN_PLUG_IN,
                found.isEmpty()
                        ? unknown(name)
                        : "The name '" + ParamSpec.word(name) + "' is " + ambiguous(found) + ".");
    }

    /**
     * {@return the plug-ins that {@link #find} finds, sorted by name: neither broken ones nor those that share a name}
     */
    public List<P> all() {
        return byName.values().stream()
                .filter(named -> named.size() == 1)
                .map(named -> named.get(0))
                .toList();
    }

    /** {@return what was found but cannot be used: broken plug-ins, and each name that two plug-ins share} */
    public List<BrokenPlugIn> broken() {
        return broken;
    }

    private String unknown(String name) {
        StringBuilder message = new StringBuilder("No " + noun + " named '" + name + "'.");
        NearestWord.to(ParamSpec.word(name), byName.keySet())
                .ifPresent(
                        near -> message.append(" Did you mean '").append(near).append("'?"));
        message.append(
                byName.isEmpty() ? " There are none." : " Available: " + String.join(", ", byName.keySet()) + ".");
        for (BrokenPlugIn suspect : broken) {
            // A broken plug-in of another name is not the one that was asked for; a class or a jar may hold it.
            if (!ProviderSearch.isName(suspect.plugIn()) || suspect.plugIn().equals(ParamSpec.word(name))) {
                message.append(" Not usable: ")
                        .append(suspect.plugIn())
                        .append(" (")
                        .append(suspect.why())
                        .append(").");
            }
        }
        return message.append(" Add the jar that provides it with --plugins.").toString();
    }

    private String ambiguous(List<P> found) {
        List<String> places =
                found.stream().map(one -> PlugInPlace.of(one.getClass())).toList();
        return "used by " + found.size() + " " + noun + "s: " + String.join(" and ", places)
                + "; take one of them away";
    }
}
