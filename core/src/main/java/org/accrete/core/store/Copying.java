package org.accrete.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.History.Move;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;

/** Brings a model from one store to another. */
public final class Copying {
    private Copying() {}

    /**
     * Copies the versions that the other store does not have, and repeats the moves of aliases in their order. The
     * other store's model has the same versions, numbers and checksums then, the same aliases and reasons; its moves
     * have the time of the copy.
     *
     * @param from where the model is
     * @param to gets it; has no model of this name, or an earlier copy of it
     * @param model its name
     * @return the versions that were copied
     * @throws AccreteException bad argument: {@code to} has another model of this name; bad state: somebody writes it;
     *     corrupt file: a version is damaged, and those before it were copied
     */
    public static List<ModelVersion> copy(ModelStore from, ModelStore to, String model) {
        History source = from.history(model);
        List<ModelVersion> copied = new ArrayList<>();
        try (ModelWriter writer = to.writer(model)) {
            History target = to.history(model);
            requireSame(source, target);
            long known = target.highestNumber();
            Set<Long> live = new HashSet<>();
            source.moves().stream().filter(move -> move.reason().isEmpty()).forEach(move -> live.add(move.number()));
            List<Move> moves = movesAfter(source, target);
            int next = 0;
            for (ModelVersion version : source.versions()) {
                while (next < moves.size() && moves.get(next).newest() < version.number()) {
                    repeat(moves.get(next++), source, to);
                }
                if (version.number() > known) {
                    try (InputStream bytes = from.open(version)) {
                        writer.copy(version, live.contains(version.number()), bytes);
                    } catch (IOException e) {
                        throw new AccreteException(
                                AccreteException.Kind.IO, version.reference() + " could not be read", e);
                    }
                    copied.add(version);
                }
            }
            while (next < moves.size()) {
                repeat(moves.get(next++), source, to);
            }
        }
        return copied;
    }

    private static void repeat(Move move, History source, ModelStore to) {
        if (!source.removed().containsKey(move.number())) {
            to.tag(source.model(), move.alias(), move.number(), move.reason().orElse(History.Reason.NONE));
        }
    }

    /** {@return the moves that somebody made and that an earlier copy does not have} */
    private static List<Move> movesAfter(History source, History target) {
        List<Move> made = made(source);
        List<Move> there = made(target);
        int same = 0;
        while (same < Math.min(made.size(), there.size()) && isSame(made.get(same), there.get(same))) {
            same++;
        }
        return made.subList(same, made.size());
    }

    private static List<Move> made(History history) {
        return history.moves().stream()
                .filter(move -> move.reason().isPresent() && !history.removed().containsKey(move.number()))
                .toList();
    }

    private static boolean isSame(Move one, Move other) {
        return one.alias().equals(other.alias())
                && one.number() == other.number()
                && Objects.equals(one.reason(), other.reason());
    }

    private static void requireSame(History source, History target) {
        for (ModelVersion there : target.versions()) {
            Optional<ModelVersion> here = source.versions().stream()
                    .filter(version -> version.number() == there.number())
                    .findFirst();
            boolean isGone = source.removed().containsKey(there.number());
            if (!isGone && !here.map(ModelVersion::sha256).equals(Optional.of(there.sha256()))) {
                throw AccreteException.badArgument("the other store has another model '" + source.model()
                        + "': its version " + there.number()
                        + " is not the one of this store; remove that model or copy to another store");
            }
        }
    }
}
