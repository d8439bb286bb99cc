/** The vocabulary of Accrete. */
module org.accrete.api {}
