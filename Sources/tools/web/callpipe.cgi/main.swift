// callpipe.cgi: answer one request of a web server, by CGI/1.1.
//
// REQUEST_METHOD, REQUEST_URI, HTTP_…, standard input  ->  Status, headers, JSON or audio
import API
import CGI
import Filter
import Glibc
import Records
import System

let variables = ProcessEnvironment.variables
let api = API(Environment(variables), version: Report.version)
exit(Gateway.serve("callpipe.cgi", variables, api.answer))
