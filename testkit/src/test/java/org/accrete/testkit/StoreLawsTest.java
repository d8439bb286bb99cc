package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.MemoryStore.Shelves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For every law of stores a store that breaks it, and is caught. */
class StoreLawsTest {
    /** The part under test at this moment. */
    private static Function<Shelves, ModelStore> subject;

    static class Suite implements StoreContract {
        private final Shelves shelves = new Shelves();

        @Override
        public ModelStore open() {
            return subject.apply(shelves);
        }

        @Override
        public boolean damage(ModelVersion version) {
            shelves.damage(version);
            return true;
        }
    }

    private static Sabotage<Function<Shelves, ModelStore>> breaks(String law, Function<Shelves, ModelStore> open) {
        return new Sabotage<>(law, open);
    }

    /** A store that loses something of a state. */
    private static Sabotage<Function<Shelves, ModelStore>> loses(String law, Function<State, State> kept) {
        return breaks(law, shelves -> new MemoryStore(shelves) {
            @Override
            State kept(State state) {
                return kept.apply(state);
            }
        });
    }

    private static State changed(State state, String name, Function<Tensor, Tensor> change) {
        return state.tensors().containsKey(name)
                ? MemoryStore.changed(state, name, change.apply(state.tensor(name)))
                : state;
    }

    private static State withText(State state, String name, String value) {
        State.Builder builder = State.builder();
        state.tensors().forEach(builder::tensor);
        state.texts().forEach((other, text) -> builder.text(other, other.equals(name) ? value : text));
        return builder.build();
    }

    static List<Sabotage<Function<Shelves, ModelStore>>> stores() {
        List<Sabotage<Function<Shelves, ModelStore>>> all = new ArrayList<>();
        all.add(breaks("newStoreIsEmpty", shelves -> new MemoryStore(shelves) {
            @Override
            public List<String> models() {
                return List.of("lost+found");
            }
        }));
        // Makes every NaN the same one, as a text form of numbers does.
        all.add(loses(
                "everyBitOfATensorComesBack",
                state -> changed(
                        state,
                        "coef",
                        tensor -> Tensor.of(
                                Arrays.stream(tensor.doubles())
                                        .map(x -> Double.isNaN(x) ? Double.NaN : x)
                                        .toArray(),
                                tensor.shape()))));
        all.add(loses(
                "everyBitOfATensorComesBack",
                state -> changed(state, "small", tensor -> Tensor.of(tensor.doubles(), tensor.shape()))));
        all.add(loses(
                "everyBitOfATensorComesBack",
                state -> changed(state, "counts", tensor -> Tensor.of(tensor.longs(), tensor.size()))));
        all.add(loses("emptyTensorsComeBack", state -> Trial.without(state, "none")));
        all.add(loses("emptyTensorsComeBack", state -> changed(state, "no-rows", tensor -> Tensor.of(new double[0]))));
        all.add(loses(
                "everyCharacterOfATextComesBack",
                state -> state.texts().containsKey("lines")
                        ? withText(state, "lines", state.text("lines").replace("\r\n", "\n"))
                        : state));
        all.add(loses(
                "everyCharacterOfATextComesBack",
                state -> state.texts().containsKey("beyond")
                        ? withText(state, "beyond", state.text("beyond").replaceAll("[^\\x00-\\xff]", "?"))
                        : state));
        all.add(loses(
                "largeTensorsComeBack",
                state -> changed(state, "a", tensor -> {
                    double[] numbers = tensor.doubles();
                    // The last block is not written.
                    Arrays.fill(numbers, numbers.length / 8192 * 8192, numbers.length, 0);
                    return Tensor.of(numbers, tensor.shape());
                })));
        all.add(breaks("factsOfAVersionComeBack", shelves -> new MemoryStore(shelves) {
            @Override
            public History history(String model) {
                History history = super.history(model);
                List<ModelVersion> versions = history.versions().stream()
                        .map(v -> new ModelVersion(
                                v.model(),
                                v.number(),
                                v.created(),
                                new ModelVersion.Note(
                                        v.note().parent(),
                                        v.note().learner(),
                                        v.note().rowsSeen(),
                                        Map.of("log_loss", 0.3)),
                                v.length(),
                                v.sha256()))
                        .toList();
                return new History(model, versions, history.aliases(), history.moves());
            }
        }));
        all.add(breaks("reopenedStoreSeesTheSame", shelves -> {
            // Aliases live as long as the store is open.
            shelves.histories.replaceAll(
                    (model, history) -> new History(model, history.versions(), new TreeMap<>(), history.moves()));
            return new MemoryStore(shelves);
        }));
        all.add(breaks("laterVersionsLeaveEarlierOnesAlone", shelves -> new MemoryStore(shelves) {
            @Override
            State kept(State state) {
                // Writes over what it has.
                shelves.states.replaceAll((reference, old) -> state);
                return super.kept(state);
            }
        }));
        all.add(breaks("laterVersionsLeaveEarlierOnesAlone", shelves -> new MemoryStore(shelves) {
            @Override
            public History history(String model) {
                History history = super.history(model);
                List<ModelVersion> last = history.versions()
                        .subList(
                                Math.max(0, history.versions().size() - 2),
                                history.versions().size());
                return new History(model, last, history.aliases(), history.moves());
            }
        }));
        all.add(breaks("modelsAreApart", shelves -> new MemoryStore(shelves) {
            @Override
            public List<String> models() {
                List<String> models = new ArrayList<>(super.models());
                Collections.reverse(models);
                return models;
            }
        }));
        all.add(breaks("modelsAreApart", shelves -> new MemoryStore(shelves) {
            @Override
            public State load(ModelVersion version) {
                ModelVersion other = new ModelVersion(
                        "a.2", version.number(), version.created(), version.note(), version.length(), version.sha256());
                return version.model().equals("a") ? shelves.states.get(other.reference()) : super.load(version);
            }
        }));
        all.add(breaks("numbersAreNeverReused", shelves -> new MemoryStore(shelves) {
            @Override
            long number(History history) {
                // One more than what live points at.
                return history.live().map(ModelVersion::number).orElse(0L) + 1;
            }
        }));
        for (String law : List.of("liveFollowsItsChildren", "staleParentDoesNotMoveLive")) {
            all.add(breaks(law, shelves -> new MemoryStore(shelves) {
                @Override
                boolean movesLive(History before, ModelVersion version) {
                    return before.versions().isEmpty();
                }
            }));
        }
        for (String law : List.of("staleParentDoesNotMoveLive", "versionWithoutParentDoesNotMoveLive")) {
            all.add(breaks(law, shelves -> new MemoryStore(shelves) {
                @Override
                boolean movesLive(History before, ModelVersion version) {
                    return true;
                }
            }));
        }
        all.add(breaks("versionWithoutParentDoesNotMoveLive", shelves -> new MemoryStore(shelves) {
            @Override
            boolean movesLive(History before, ModelVersion version) {
                return super.movesLive(before, version)
                        || version.note().parent().isEmpty();
            }
        }));
        all.add(breaks("unknownParentIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            void checkParent(History history, Optional<String> parent) {}
        }));
        all.add(breaks("aliasesMove", shelves -> new MemoryStore(shelves) {
            @Override
            void keep(History history) {
                // Remembers the last move only.
                int moves = history.moves().size();
                super.keep(new History(
                        history.model(),
                        history.versions(),
                        history.aliases(),
                        history.moves().subList(Math.max(0, moves - 1), moves)));
            }
        }));
        all.add(breaks("aliasThatIsNoneIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            void checkAlias(String alias) {
                if (!alias.matches("[a-z0-9-]+") || alias.equals(History.LATEST)) {
                    throw AccreteException.badArgument("'" + alias + "' cannot be an alias");
                }
            }
        }));
        all.add(breaks("aliasThatIsNoneIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            void checkAlias(String alias) {
                if (!alias.matches("[a-z][a-z0-9-]*")) {
                    throw AccreteException.badArgument("'" + alias + "' cannot be an alias");
                }
            }
        }));
        all.add(breaks("secondWriterIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            public ModelWriter writer(String model) {
                release(model);
                return super.writer(model);
            }
        }));
        all.add(breaks("secondWriterIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            boolean checksClosed() {
                return false;
            }
        }));
        all.add(breaks("closedWriterWritesNoMore", shelves -> new MemoryStore(shelves) {
            @Override
            boolean checksClosed() {
                return false;
            }
        }));
        all.add(breaks("writerThatAppendsNothingLeavesNothing", shelves -> new MemoryStore(shelves) {
            @Override
            public ModelWriter writer(String model) {
                keep(history(model));
                return super.writer(model);
            }
        }));
        for (String law : List.of("readersSeeEachVersionWhileTheWriterIsOpen", "readersNeverSeeHalfAVersion")) {
            all.add(breaks(law, shelves -> new MemoryStore(shelves) {
                private boolean writes;

                @Override
                public ModelWriter writer(String model) {
                    writes = true;
                    return super.writer(model);
                }

                @Override
                public History history(String model) {
                    if (!writes && shelves.taken.contains(model)) {
                        throw AccreteException.badState("the model is being written");
                    }
                    return super.history(model);
                }
            }));
        }
        all.add(breaks("readersNeverSeeHalfAVersion", shelves -> new MemoryStore(shelves) {
            @Override
            public State load(ModelVersion version) {
                // The history tells of a version before it is whole.
                return shelves.taken.contains(version.model()) ? Shelf.state(0) : super.load(version);
            }
        }));
        all.add(breaks("nameThatIsNoneIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            void checkName(String model) {
                if (model.contains("/") || model.isBlank()) {
                    throw AccreteException.badArgument("not a name");
                }
            }
        }));
        all.add(breaks("nameThatIsNoneIsRefused", shelves -> new MemoryStore(shelves) {
            @Override
            void checkName(String model) {
                try {
                    super.checkName(model);
                } catch (AccreteException e) {
                    // Refuses, but too late.
                    keep(new History(model, List.of(), new TreeMap<>(), List.of()));
                    throw e;
                }
            }
        }));
        all.add(breaks("everyNameThatIsOneIsTaken", shelves -> new MemoryStore(shelves) {
            @Override
            void checkName(String model) {
                super.checkName(model);
                if (model.length() > 64) {
                    throw AccreteException.badArgument("too long");
                }
            }
        }));
        all.add(breaks("verifyFindsNothingWhenAllIsWell", shelves -> new MemoryStore(shelves) {
            @Override
            public List<String> verify(String model) {
                return shelves.taken.contains(model) ? List.of("an unknown file 'lock'") : super.verify(model);
            }
        }));
        all.add(breaks("damageIsFound", shelves -> new MemoryStore(shelves) {
            @Override
            public State load(ModelVersion version) {
                return shelves.states.get(version.reference());
            }
        }));
        all.add(breaks("damageIsFound", shelves -> new MemoryStore(shelves) {
            @Override
            public List<String> verify(String model) {
                return List.of();
            }
        }));
        return all;
    }

    @ParameterizedTest
    @MethodSource("stores")
    void storeThatBreaksALawIsCaught(Sabotage<Function<Shelves, ModelStore>> sabotage) {
        subject = sabotage.part();
        sabotage.isCaughtBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenBySomebody() {
        Set<String> broken = new TreeSet<>();
        stores().forEach(sabotage -> broken.add(sabotage.law()));
        assertThat(broken).isEqualTo(Sabotage.laws(StoreContract.class));
    }
}
