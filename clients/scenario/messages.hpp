// All that `labnet run` itself says to a person while it runs and at its end. What the programs of the steps print is
// their own: they speak as they do anywhere else.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/language.hpp"

namespace labnet::scenario::messages {

/// What is said of one, and of none or several: there the number is the first thing that "{}" stands for.
struct Counted {
  Message one, several;

  template <class... Values>
  std::string in(Language language, std::uint64_t count, const Values&... values) const {
    return count == 1 ? one.in(language, values...) : several.in(language, count, values...);
  }
};
inline constexpr Counted bytes{{"1 byte", "1 byte"}, {"{} bytes", "{} bytes"}};
inline constexpr Counted frames{{"1 frame", "1 trama"}, {"{} frames", "{} tramas"}};
inline constexpr Counted lines{{"1 line", "1 línea"}, {"{} lines", "{} líneas"}};

inline constexpr Message unreadable{"cannot read {}: {}", "no se puede leer {}: {}"};
inline constexpr Message capture_is_cut{"{}: ends in the middle of a frame", "{}: termina en medio de una trama"};

// before anything is played

inline constexpr Message no_folder{"cannot make the folder {}: {}", "no se puede crear la carpeta {}: {}"};
inline constexpr Message no_such_activity{"there is no activity {}; there are {}", "no hay actividad {}; hay {}"};
inline constexpr Message no_scenario{"there is no scenario in {}", "no hay ningún escenario en {}"};
inline constexpr Message several_labs{"several labs are running; choose one with --name: {}",
                                      "hay varios laboratorios en marcha; elija uno con --name: {}"};
inline constexpr Message lab_did_not_start{"the lab did not come up", "el laboratorio no ha arrancado"};
inline constexpr Message lab_said{"the lab did not come up: {}", "el laboratorio no ha arrancado: {}"};
inline constexpr Message no_such_host{"no host of this lab is named \"{}\"; there are {}",
                                      "ningún equipo de este laboratorio se llama «{}»; hay {}"};
inline constexpr Message no_lab_file{
    "there is no lab.yaml in this folder, and the lab of the course (config/labredes71/lab.yaml) is neither here nor "
    "beside the program; name a lab file with --lab",
    "no hay lab.yaml en esta carpeta, y el laboratorio del curso (config/labredes71/lab.yaml) no está aquí ni junto al "
    "programa; indique un archivo de laboratorio con --lab"};
inline constexpr Message name_is_taken{"\"{}\" is written by activity {} of this run too, from another file",
                                       "también la actividad {1} escribe «{0}», desde otro archivo"};
inline constexpr Message scenario_is_right{"1 scenario: ok", "1 escenario: correcto"};
inline constexpr Message scenarios_are_right{"{} scenarios: ok", "{} escenarios: correctos"};
inline constexpr Message on_running_lab{"on the lab that is up: {}, {}", "en el laboratorio en marcha: {}, {}"};

// steps

inline constexpr Message failed{"FAILED:", "FALLO:"};
inline constexpr Message skipped{"skipped:", "omitido:"};
inline constexpr Message interrupted{"interrupted", "interrumpido"};
inline constexpr Message did_not_end{"did not end within {}", "no terminó en {}"};
inline constexpr Message wrong_exit_code{"expected exit code {}, found {}",
                                         "se esperaba el código de salida {}, se obtuvo {}"};
inline constexpr Message wrong_exit_code_since{"expected exit code {}, found {}: {}",
                                               "se esperaba el código de salida {}, se obtuvo {}: {}"};
inline constexpr Message not_printed{"expected \"{}\" in what it prints", "se esperaba «{}» en lo que imprime"};
inline constexpr Message printed{"did not expect \"{}\" in what it prints", "no se esperaba «{}» en lo que imprime"};
inline constexpr Message not_ready{"did not say \"{}\" within {}", "no dijo «{}» en {}"};
inline constexpr Message ended_before_ready{"ended with exit code {} before it said \"{}\": {}",
                                            "terminó con el código de salida {} antes de decir «{}»: {}"};
inline constexpr Message not_running{"step {} is not under way", "el paso {} no está en marcha"};
inline constexpr Message not_played{"it needs a network of namespaces", "necesita una red de espacios de nombres"};
inline constexpr Message not_played_since{"it needs a network of namespaces; {}",
                                          "necesita una red de espacios de nombres; {}"};
inline constexpr Message awaits_skipped{"step {} was skipped", "el paso {} se omitió"};
inline constexpr Message not_identical{"{} is not what {} is: SHA-256 {} in place of {}",
                                       "{} no es igual que {}: SHA-256 {} en lugar de {}"};

// captures

inline constexpr Message not_captured{"not captured: {}", "sin captura: {}"};
inline constexpr Message not_captured_on_loopback{
    "the lab runs on the loopback network, where its frames are not apart from others; run it without --network",
    "el laboratorio funciona en la red de bucle local, donde sus tramas no se distinguen de otras; ejecútelo sin "
    "--network"};
inline constexpr Counted frames_lost{{"1 frame was lost", "se perdió 1 trama"},
                                     {"{} frames were lost", "se perdieron {} tramas"}};
inline constexpr Counted wrong_checksums{
    {"1 frame has a wrong checksum", "1 trama tiene una suma de comprobación incorrecta"},
    {"{} frames have a wrong checksum", "{} tramas tienen una suma de comprobación incorrecta"}};
inline constexpr Message unmet{"{}: expected {}, found {}", "{}: se esperaba {}, se encontró {}"};
inline constexpr Message protocols{"protocols", "protocolos"};
inline constexpr Message echo_requests{"echo requests", "solicitudes de eco"};
inline constexpr Message echo_without_reply{"echo request {} has no reply",
                                            "la solicitud de eco {} no tiene respuesta"};
inline constexpr Message request_ttl{"TTL of echo request {}", "TTL de la solicitud de eco {}"};
inline constexpr Message reply_ttl{"TTL of the reply to echo request {}",
                                   "TTL de la respuesta a la solicitud de eco {}"};
inline constexpr Message request_bytes{"bytes of the frame of echo request {}",
                                       "bytes de la trama de la solicitud de eco {}"};
inline constexpr Message reply_bytes{"bytes of the frame of the reply to echo request {}",
                                     "bytes de la trama de la respuesta a la solicitud de eco {}"};
inline constexpr Message no_arp_exchange{"expected an ARP exchange about {}, found none",
                                         "se esperaba un intercambio ARP sobre {}, no hay ninguno"};
inline constexpr Message dns_questions{"DNS questions", "preguntas DNS"};
inline constexpr Message other_question{"expected the question {} {}, found {} {}",
                                        "se esperaba la pregunta {} {}, se encontró {} {}"};
inline constexpr Message question_without_answer{"the question {} {} has no answer",
                                                 "la pregunta {} {} no tiene respuesta"};
inline constexpr Message server_asked{"server asked the question {} {}", "servidor al que se hizo la pregunta {} {}"};
inline constexpr Message referral_of{"referral in the answer to the question {} {}",
                                     "delegación en la respuesta a la pregunta {} {}"};
inline constexpr Message answer_to{"answer to the question {} {}", "respuesta a la pregunta {} {}"};
inline constexpr Message flags_of{"flags of the answer to the question {} {}",
                                  "indicadores de la respuesta a la pregunta {} {}"};
inline constexpr Message rcode_of{"rcode of the answer to the question {} {}",
                                  "rcode de la respuesta a la pregunta {} {}"};
inline constexpr Message udp_length_of{"UDP length of the answer to the question {} {}",
                                       "longitud UDP de la respuesta a la pregunta {} {}"};
inline constexpr Message ftp_connections{"FTP control connections", "conexiones de control FTP"};
inline constexpr Message ftp_commands{"FTP commands", "órdenes FTP"};
inline constexpr Message ftp_replies{"FTP replies", "respuestas FTP"};
inline constexpr Message no_data_connection{"expected a data connection for \"{}\", found none",
                                            "se esperaba una conexión de datos para «{}», no hay ninguna"};
inline constexpr Message bytes_of{"bytes of \"{}\"", "bytes de «{}»"};
inline constexpr Message http_requests{"HTTP requests", "peticiones HTTP"};
inline constexpr Message http_host{"host of the request {}", "host de la petición {}"};
inline constexpr Message http_status{"status of the response to {}", "código de la respuesta a {}"};
inline constexpr Message http_fields{"fields of the response to {}", "campos de la respuesta a {}"};
inline constexpr Message http_coding{"content coding of the response to {}", "codificación de la respuesta a {}"};
inline constexpr Message http_bytes{"bytes of the body of the response to {}", "bytes del cuerpo de la respuesta a {}"};
inline constexpr Message unexpected{"{}: did not expect {}", "{}: no se esperaba {}"};
inline constexpr Message none{"none", "nada"};
inline constexpr Message credentials{"credentials in clear", "credenciales en claro"};
inline constexpr Message tls_connections{"TLS connections", "conexiones TLS"};
inline constexpr Counted sip_unreadable{{"1 SIP message cannot be read", "1 mensaje SIP no se puede leer"},
                                        {"{} SIP messages cannot be read", "{} mensajes SIP no se pueden leer"}};
inline constexpr Message sip_message{"SIP message {} between {} and {}", "mensaje SIP {} entre {} y {}"};
inline constexpr Message sip_bindings{"bindings in SIP message {} between {} and {}",
                                      "contactos en el mensaje SIP {} entre {} y {}"};
inline constexpr Message sip_messages{"SIP messages", "mensajes SIP"};
inline constexpr Message rtmp_connections{"RTMP connections", "conexiones RTMP"};
inline constexpr Message rtmp_ends{"ends of RTMP connection {}", "extremos de la conexión RTMP {}"};
inline constexpr Message rtmp_message{"message {} of RTMP connection {}", "mensaje {} de la conexión RTMP {}"};
inline constexpr Message rtmp_unreadable{"RTMP connection {} cannot be read: {}",
                                         "la conexión RTMP {} no se puede leer: {}"};
inline constexpr Message rtmp_too_few{"{} of RTMP connection {}: expected {} or more, found {}",
                                      "{} de la conexión RTMP {}: se esperaban {} o más, se encontraron {}"};
inline constexpr Message rtmp_media{"{} video ({} key frames) and {} audio messages, {}",
                                    "{} mensajes de vídeo ({} fotogramas clave) y {} de audio, {}"};
inline constexpr Message rtp_streams{"RTP streams", "flujos RTP"};
inline constexpr Message no_rtp_stream{"expected an RTP stream {}, found none",
                                       "se esperaba un flujo RTP {}, no hay ninguno"};
inline constexpr Message payload_type_of{"payload type of the RTP stream {}", "tipo de carga del flujo RTP {}"};
inline constexpr Message frame_bytes_of{"bytes of the frames of the RTP stream {}",
                                        "bytes de las tramas del flujo RTP {}"};
inline constexpr Message too_few_packets{"packets of the RTP stream {}: expected {} or more, found {}",
                                         "paquetes del flujo RTP {}: se esperaban {} o más, se encontraron {}"};
inline constexpr Message lost_of{"lost packets of the RTP stream {}", "paquetes perdidos del flujo RTP {}"};
inline constexpr Message opening_of{"bytes of the frame in front of the RTP stream {}",
                                    "bytes de la trama que precede al flujo RTP {}"};
inline constexpr Message no_opening{
    "expected a frame that opens the path in front of the RTP stream {}, found none",
    "se esperaba una trama que abriera el camino antes del flujo RTP {}, no hay ninguna"};
inline constexpr Message marker_of{"marker bit of the first packet of the RTP stream {}",
                                   "bit marcador del primer paquete del flujo RTP {}"};
inline constexpr Message same_ssrc{"the RTP streams {} and {} have the same SSRC 0x{:08x}",
                                   "los flujos RTP {} y {} tienen el mismo SSRC 0x{:08x}"};

// the tables of a capture

inline constexpr Message capture{"{}: {} ({}), {}", "{}: {} ({}), {}"};
inline constexpr Counted lost{{"1 lost", "1 perdida"}, {"{} lost", "{} perdidas"}};
inline constexpr Message arp{"{} ({}) asks for {}: {}", "{} ({}) pregunta por {}: {}"};
inline constexpr Message answered_elsewhere{"the answer is for that host alone, and not seen here",
                                            "la respuesta es solo para ese equipo y aquí no se ve"};
inline constexpr Message no_answer{"no answer", "sin respuesta"};
inline constexpr Message dns{"{}:{} asks {}: {} {}?", "{}:{} pregunta a {}: ¿{} {}?"};
inline constexpr Message flags{"flags {}", "indicadores {}"};
inline constexpr Message no_flags{"no flags", "sin indicadores"};
inline constexpr Message udp_length{"UDP length {}", "longitud UDP {}"};
inline constexpr Message refers_to{"refers to the servers of {}", "remite a los servidores de {}"};
inline constexpr Message dialogue_above{"{}: {}, which the client has shown above",
                                        "{}: {}, que el cliente ha mostrado arriba"};
inline constexpr Message dialogue_above_but{"{}: {}, which the client has shown above, but for",
                                            "{}: {}, que el cliente ha mostrado arriba, salvo"};
inline constexpr Message secret_from_here{"(secret from here on)", "(cifrado desde aquí)"};
inline constexpr Message ftp_data{"data by {}, port {}: {} in {} ({})", "datos por {}, puerto {}: {} en {} ({})"};
inline constexpr Message http_answer{"{}, {} in {}", "{}, {} en {}"};
inline constexpr Message tunnel_requests{"and {} more of this session: {} there, {} back",
                                         "y {} más de esta sesión: {} de ida, {} de vuelta"};
inline constexpr Message tls_hello{"Client Hello for {}, offers {}", "Client Hello para {}, ofrece {}"};
inline constexpr Message tls_hello_without_name{"Client Hello without a name, offers {}",
                                                "Client Hello sin nombre, ofrece {}"};
inline constexpr Message tls_new_session{"new session", "sesión nueva"};
inline constexpr Message tls_resumed{"session resumed", "sesión reanudada"};
inline constexpr Message tls_certificate{"certificate for {}", "certificado para {}"};
inline constexpr Message tls_nothing_agreed{"no Server Hello", "sin Server Hello"};
inline constexpr Message left_out{"[{} bytes are left out here]", "[aquí se omiten {} bytes]"};
inline constexpr Message listener_learns{"who listens on the way learns:", "quien escucha en el camino conoce:"};
inline constexpr Message password_in_clear{"user {}, password {}", "usuario {}, contraseña {}"};
inline constexpr Message password_hashed{"user {}, of the password only a hash",
                                         "usuario {}, de la contraseña solo un hash"};
inline constexpr Message cookie_of_session{"cookie {}, by which the user is known",
                                           "cookie {}, por la que se reconoce al usuario"};
inline constexpr Counted in_requests{{"in 1 request", "en 1 petición"}, {"in {} requests", "en {} peticiones"}};
inline constexpr Message tls_sizes{"connections: {}; {} there, {} back, and nothing else",
                                   "conexiones: {}; {} de ida, {} de vuelta, y nada más"};
inline constexpr Counted bindings{{"1 binding", "1 contacto"}, {"{} bindings", "{} contactos"}};
inline constexpr Message again{"again", "otra vez"};
inline constexpr Message opening{"type {}, {} bytes", "tipo {}, {} bytes"};
inline constexpr Counted stream{{"1 of {}", "1 de {}"}, {"{} of {}", "{} de {}"}};
inline constexpr Counted further{{"and 1 more", "y 1 más"}, {"and {} more", "y {} más"}};
inline constexpr Message type{"TYPE", "TIPO"};
inline constexpr Message packets{"PACKETS", "PAQUETES"};
inline constexpr Message lost_packets{"LOST", "PERDIDOS"};
inline constexpr Message no_name{"without a name", "sin nombre"};
inline constexpr Message source{"SOURCE", "ORIGEN"};
inline constexpr Message destination{"DESTINATION", "DESTINO"};
inline constexpr Message source_mac{"SOURCE MAC", "MAC DE ORIGEN"};
inline constexpr Message destination_mac{"DESTINATION MAC", "MAC DE DESTINO"};
inline constexpr Message count{"COUNT", "N.º"};
inline constexpr Message request{"request", "solicitud"};
inline constexpr Message reply{"reply", "respuesta"};

// the end

inline constexpr Counted skipped_parts{{"1 skipped; ", "1 omitido; "}, {"{} skipped; ", "{} omitidos; "}};
inline constexpr Message conclusion_of_one{"{} of {} as expected; 1 capture, results.json and junit.xml in {}",
                                           "{} de {} según lo esperado; 1 captura, results.json y junit.xml en {}"};
inline constexpr Message conclusion{"{} of {} as expected; {} captures, results.json and junit.xml in {}",
                                    "{} de {} según lo esperado; {} capturas, results.json y junit.xml en {}"};

}  // namespace labnet::scenario::messages
