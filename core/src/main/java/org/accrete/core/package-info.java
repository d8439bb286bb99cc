/**
 * What trains, scores and stores: the registry of plug-ins, the pipeline, the training run and the directory store.
 */
package org.accrete.core;
